"""Text around HTML: plain text, excerpts, direction and line breaks."""
