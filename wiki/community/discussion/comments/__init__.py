"""Single comments: editing, history, deleting, restoring, erasing."""
