"""Webhooks: public events are posted to other services, such as a Discord channel."""
