"""Proposing: writing a proposal, amending it, withdrawing it."""
