"""Passkeys (WebAuthn): signing in with a device that verifies its user."""
