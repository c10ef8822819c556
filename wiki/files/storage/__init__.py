"""The bytes of files: in a folder or in a bucket, by their hash."""
