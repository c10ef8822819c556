"""The page with the settings that administrators decide."""
