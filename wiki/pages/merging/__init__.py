"""Three-way merging of texts, and resolving conflicts. Pure."""
