"""People: registration, sign-in, roles and sessions."""
