"""Uploaded SVG becomes a harmless picture or is refused; rewriting it again changes nothing."""

import tempfile
from contextlib import suppress
from pathlib import Path

from tests.files.svg_allowlist import HEAD, assert_drawn
from wiki.files.errors import FileRefused
from wiki.files.inspection.svg import inspect_svg

_NAMES = (
    *("g", "a", "use", "style", "text", "image", "rect", "path", "pattern", "linearGradient"),
    *("foreignObject", "script", "set", "animate", "title", "html:p", "x:rect", "metadata"),
)
_ATTRIBUTES = (
    *("id", "href", "xlink:href", "fill", "style", "onload", "filter", "xml:base", "to", "values"),
    *("attributeName", "class", "html:onclick", "x:href", "src", "begin"),
)
WORDS = (
    *("#a", "a", "url(#a)", "url(", ")", "'", "@import ", "\\", "data:image/png;base64,", "iVBO"),
    *("data:image/svg+xml,", "javascript:", "https://e.org", " ", "\n", "&#x75;", "&lt;", "&amp;"),
    *("red", "/*", "*/", "{", "}", ";", ":", "url", "//e.org", "<![CDATA[", "]]>", "\t", "ｕrl("),
)
_SPACES = " xmlns:html='http://www.w3.org/1999/xhtml' xmlns:x='urn:x'"


def seeds() -> list[bytes]:
    inside = (
        "<rect fill='red'/>",
        "<g id='a'><use href='#a'/></g>",
        "<style>.a { fill: url(#g) }</style><a href='https://example.org'><text>x</text></a>",
        "<image href='data:image/png;base64,iVBORw0KGgo='/><linearGradient id='g'/>",
        "<script>1</script><foreignObject><p xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>",
    )
    return [f"{HEAD} viewBox='0 0 9 9'>{each}</svg>".encode() for each in inside]


def check(data: bytes) -> None:
    _check(data)
    _check(_picture(data))


def _check(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name, suppress(FileRefused):
        folder = Path(name)
        once = Path(inspect_svg(content, folder).file).read_bytes()
        assert_drawn(once)
        again = Path(inspect_svg(once, folder).file).read_bytes()
        assert again == once


def _picture(data: bytes) -> bytes:
    """A well-formed picture derived from `data`: few random bytes are one."""
    parts, opened = [HEAD + _SPACES + ">"], ["svg"]
    for kind, choice in zip(data[::2], data[1::2], strict=False):
        if kind < 80:
            name = _NAMES[choice % len(_NAMES)]
            parts.append(f'<{name} {_ATTRIBUTES[kind % len(_ATTRIBUTES)]}="{_value(choice)}">')
            opened.append(name)
        elif kind < 120 and len(opened) > 1:
            parts.append(f"</{opened.pop()}>")
        elif kind < 180 and parts[-1].endswith('">'):
            parts[-1] = f'{parts[-1][:-2]}{_value(choice)}">'
        else:
            parts.append(_word(choice))
    return "".join((*parts, *(f"</{name}>" for name in reversed(opened)))).encode()


def _word(choice: int) -> str:
    return WORDS[choice % len(WORDS)]


def _value(choice: int) -> str:
    return _word(choice).replace("<", "&lt;")
