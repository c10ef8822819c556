"""The single-file hub: download it, and submit the changes made in it."""
