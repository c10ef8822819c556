"""Reminders that are sent from time to time, not when something happens."""
