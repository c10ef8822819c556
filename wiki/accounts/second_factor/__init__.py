"""The second factor: one-time codes from an app (TOTP), and recovery codes for a lost phone."""
