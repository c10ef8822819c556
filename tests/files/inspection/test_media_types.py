"""Detecting the type of a file, and giving it an extension that fits."""

import pytest

from wiki.files.inspection.media_types import (
    PDF,
    PLAIN_TEXT,
    detect_media_type,
    family_of,
    is_svg,
    with_extension,
)
from wiki.files.inspection.thumbnails import thumbnail_widths


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0avif", "image/avif"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", None),
        (b"%PDF-1.7\n", PDF),
        (b"PK\x03\x04", "application/zip"),
        (b"MZ\x90\0", None),
        (b"", None),
    ],
)
def test_a_type_is_detected_by_its_first_bytes(head, media_type):
    assert detect_media_type(head) == media_type


@pytest.mark.parametrize(
    ("content", "is_picture"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", True),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<svg:svg>", True),
        (b"<html><svg></svg></html>", False),
        (b"a text about <svg>", False),
    ],
)
def test_svg_is_a_text_whose_root_says_so(content, is_picture):
    assert is_svg(content) == is_picture


@pytest.mark.parametrize(
    ("name", "media_type", "fitting"),
    [
        ("plan.png", "image/png", "plan.png"),
        ("plan.JPEG", "image/jpeg", "plan.JPEG"),
        ("plan.png", "image/jpeg", "plan.jpg"),
        ("plan", "image/png", "plan.png"),
        ("v1.2 plan", "image/png", "v1.2 plan.png"),
        ("notes.xyz", PLAIN_TEXT, "notes.xyz"),
        ("notes.png", PLAIN_TEXT, "notes.txt"),
        ("notes", PLAIN_TEXT, "notes.txt"),
    ],
)
def test_a_name_gets_an_extension_that_fits_its_type(name, media_type, fitting):
    assert with_extension(name, media_type) == fitting


def test_unknown_types_count_as_archives():
    assert family_of("application/x-unheard-of") == "archive"


@pytest.mark.parametrize(
    ("width", "is_animated", "widths"),
    [
        (200, False, (200,)),
        (320, False, (320,)),
        (1000, False, (320, 640, 1000)),
        (4000, False, (320, 640, 1280)),
        (4000, True, (320,)),
    ],
)
def test_variants_are_narrower_than_the_picture_or_as_wide(width, is_animated, widths):
    assert thumbnail_widths(width, is_animated=is_animated) == widths
