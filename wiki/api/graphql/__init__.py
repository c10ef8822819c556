"""GraphQL: lets programs read several things in one request, through the same services."""
