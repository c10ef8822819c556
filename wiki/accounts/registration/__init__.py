"""Becoming a user: registration, invitations, and the code for the first administrator."""
