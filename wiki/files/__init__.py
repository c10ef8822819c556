"""Attachments: files of pages and of the library, in versions, by their content."""
