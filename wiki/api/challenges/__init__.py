"""Answers to errors, and what people say of challenges."""
