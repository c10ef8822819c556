"""Entry points for crawlers: a sitemap and `/llms.txt`."""
