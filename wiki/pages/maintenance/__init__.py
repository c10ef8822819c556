"""Many pages at once, and whether what is stored is whole."""
