"""Full-text search: query language, analysis, ranking, index, and the outbox that feeds it."""
