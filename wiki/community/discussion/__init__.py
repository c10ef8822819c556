"""Threads of comments: about pages and passages of them, and whatever else has them."""
