"""Addresses with the name of the host, which programs can follow from anywhere."""

from flask import request

from wiki.files.queries import FileView
from wiki.files.urls import file_url
from wiki.pages.urls import page_url


def whole_page_url(path: str) -> str:
    """Where people read the page."""
    return _at_host(page_url(path))


def whole_file_url(file: FileView) -> str:
    """Where the present content of a file is."""
    return _at_host(file_url(file))


def _at_host(address: str) -> str:
    return request.host_url.rstrip("/") + address
