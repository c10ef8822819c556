"""Credit: what people gave, recounted from the history. No points, no levels."""
