"""The wiki as bare repositories, one for each audience: a commit for each revision."""
