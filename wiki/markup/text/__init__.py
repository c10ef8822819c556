"""The text in HTML: extraction, excerpts, direction and line breaks."""
