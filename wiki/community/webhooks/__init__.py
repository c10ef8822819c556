"""Webhooks: what happens in public is posted to other services, such as a channel of Discord."""
