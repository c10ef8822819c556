"""From text to terms. Pure."""
