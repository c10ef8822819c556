"""The name under which people know this wiki, its tagline, logo and welcome."""
