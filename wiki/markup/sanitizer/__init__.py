"""From untrusted HTML to safe HTML: an allow-list, two sanitizers, and postprocessing."""
