"""What administrators decide in the browser, at once for all processes; the host's word is last."""
