"""For who runs the wiki: people, invitations, what was deleted and erased, how it goes."""
