"""From a query to scored documents."""
