"""The REST API and GraphQL: programs read and write through the same services as the web pages."""
