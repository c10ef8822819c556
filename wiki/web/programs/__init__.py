"""HTTP for API clients: requests, cross-origin access and errors."""
