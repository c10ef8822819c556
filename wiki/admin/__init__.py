"""For who runs the wiki: people and their ways in, what was deleted and erased, how it goes."""
