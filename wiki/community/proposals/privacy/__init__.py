"""What proposals keep of people and of texts: exported, and erased."""
