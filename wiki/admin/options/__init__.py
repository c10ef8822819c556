"""The page of the settings that administrators decide."""
