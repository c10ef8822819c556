"""Registration: becoming a user, invitations, and the code for the first administrator."""
