"""Files: attachments of pages and the library, stored in versions by their content."""
