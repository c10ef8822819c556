"""Administration: people, invitations, deleted and erased pages, health and settings."""
