"""What people do together: propose, discuss, solve, and get notified."""
