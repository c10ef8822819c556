"""The settings of your own account."""
