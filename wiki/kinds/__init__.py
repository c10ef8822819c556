"""Kinds of page: what each is for, what its pages begin with, and the fields they have."""
