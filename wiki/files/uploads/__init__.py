"""Taking files in: several of one form, or one from another host."""
