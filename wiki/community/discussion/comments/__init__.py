"""Single comments: editing, history, deleting, bringing back, erasing."""
