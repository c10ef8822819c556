"""Three-way merges of texts, and resolving conflicts. Pure."""
