"""Files of pages, and local copies of images from other sites."""
