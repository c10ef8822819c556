"""Page, revision, link, redirect: the one write path, and what is read."""
