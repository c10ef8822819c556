"""What programs that read the whole wiki look for first: a sitemap, and `/llms.txt`."""
