"""Where the bytes of files lie: in a folder or in a bucket, by their hash."""
