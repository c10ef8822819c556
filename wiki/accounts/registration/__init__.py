"""Registration, invitations, and the setup code for the first administrator."""
