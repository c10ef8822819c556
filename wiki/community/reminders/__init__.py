"""Reminders that are sent periodically, not when something happens."""
