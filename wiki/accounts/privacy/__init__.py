"""Privacy: former names, and the personal data that features keep."""
