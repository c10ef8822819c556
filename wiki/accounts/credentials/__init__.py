"""What people sign in with: names, e-mail addresses and passwords."""
