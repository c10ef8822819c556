"""The notifier: the one process in which the community follows events and does periodic jobs."""
