"""Absolute URLs of pages and files for API responses."""

from flask import request

from wiki.files.queries import FileView
from wiki.files.urls import file_url
from wiki.pages.urls import page_url


def absolute_page_url(path: str) -> str:
    """The absolute URL of the page at `path`."""
    return _at_host(page_url(path))


def absolute_file_url(file: FileView) -> str:
    """The absolute URL of a file’s current version."""
    return _at_host(file_url(file))


def _at_host(address: str) -> str:
    return request.host_url.rstrip("/") + address
