"""HTTP for programs: requests of the API, and errors as they read them."""
