"""From stored HTML to what one reader sees: links, images, transclusions, and the cache."""
