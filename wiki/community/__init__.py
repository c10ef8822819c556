"""What people do together: propose, discuss, solve, and be notified of it."""
