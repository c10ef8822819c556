"""Watching, and being told: watches, notifications in the product, and mail about them."""
