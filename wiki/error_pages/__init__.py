"""Error pages: their messages, and the form data that they give back."""
