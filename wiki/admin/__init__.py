"""Administration: people and invitations, what was deleted and erased, the state of the wiki."""
