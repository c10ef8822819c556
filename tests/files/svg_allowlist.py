"""What a rewritten SVG may consist of, stated independently of its writer."""

import re
from xml.etree.ElementTree import fromstring

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'

_SVG = "{http://www.w3.org/2000/svg}"
_RUNNING = "a animate animateMotion animateTransform discard foreignObject handler script set view"
_ADDRESS = re.compile(r"#|data:image/(?:png|jpe?g|gif|webp);base64,[\w+/=\s]+\Z")
_LOADING = re.compile(r"@import|@font-face|\\|<|url\(\s*[\"']?\s*[^\s\"'#]", re.IGNORECASE)


def assert_drawn(content: bytes) -> None:
    """Fails if a rewritten SVG contains something that isn't drawn."""
    text = content.decode()
    assert re.findall("<[!?][^ ]*", text) == ["<?xml"], text
    for element in fromstring(text.encode()).iter():  # noqa: S314  # our own writing
        name = element.tag.removeprefix(_SVG)
        assert name.isalpha(), text
        assert name not in _RUNNING.split(), text
        for attribute, value in element.attrib.items():
            assert not attribute.lower().startswith("on"), text
            assert "base" not in attribute, text
            if attribute.endswith("href"):
                assert attribute == "href", text
                assert _ADDRESS.match(value), text
            else:
                assert "}" in attribute or not _LOADING.search(value), text
        if name == "style":
            assert not _LOADING.search("".join(element.itertext())), text
