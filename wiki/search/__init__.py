"""Query language, analyzers, engine, outbox, indexer."""
