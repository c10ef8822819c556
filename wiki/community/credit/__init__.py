"""Credit: what people contributed, recounted from the history. No points, no levels."""
