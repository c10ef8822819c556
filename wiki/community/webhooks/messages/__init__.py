"""The messages of webhooks: public events in the receiver's format."""
