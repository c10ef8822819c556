"""Many pages in and out: `nexus import` and `nexus export`."""
