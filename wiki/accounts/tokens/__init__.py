"""Personal access tokens, with which programs act for a user."""
