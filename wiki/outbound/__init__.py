"""Requests from the wiki to other hosts: allowed hosts and addresses, and deadlines."""
