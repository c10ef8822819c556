"""Pages with their revisions, links and redirects: storing, reading and showing them."""
