"""The notifier: the process that consumes events of the outbox and runs periodic jobs."""
