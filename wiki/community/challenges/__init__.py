"""Challenges: who has the same problem, for whom it worked, who solved it, and what is open."""
