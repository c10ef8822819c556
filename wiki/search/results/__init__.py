"""The parts of a page of results: facets, snippets, suggestions and related pages."""
