"""Finding people: their list for administrators, and a field of filters."""
