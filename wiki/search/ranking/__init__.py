"""Ranking: from a parsed query to scored documents."""
