"""What a searcher sees: lists, facets, snippets and suggestions."""
