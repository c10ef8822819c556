"""The query language: parsing, matching, spelling."""
