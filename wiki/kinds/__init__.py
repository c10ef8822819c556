"""Kinds of pages: their purpose, outline and fields."""
