"""What people do together: propose, discuss, solve, and be told of it."""
