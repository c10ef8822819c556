"""What people sign in with: usernames, e-mail addresses and passwords."""
