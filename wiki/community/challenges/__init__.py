"""Challenges: votes, solutions, answers to errors, and the board of open ones."""
