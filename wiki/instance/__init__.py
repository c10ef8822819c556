"""The instance folder: whose it is, who works on it, and what a restore has still to move."""
