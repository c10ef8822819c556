"""Users: registration, sign-in, roles and sessions."""
