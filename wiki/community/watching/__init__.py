"""Watches, notifications in the wiki, and mail about them."""
