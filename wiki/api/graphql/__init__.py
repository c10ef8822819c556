"""GraphQL: what programs read of several things in one request, by the same services."""
