"""Places on pages that threads are about: found again when the page has changed."""
