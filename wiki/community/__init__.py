"""Collaboration: proposals, discussions, challenges, notifications."""
