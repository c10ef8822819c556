"""SVG pictures: parsed without entities, and rewritten from an allow-list of drawn elements.

They are delivered with a policy under which nothing runs and nothing is loaded, and pages show them
only as `<img>`; this is a third line of defence.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from wiki.files.errors import FileRefused
from wiki.files.inspection.media_types import SVG
from wiki.files.inspection.report import InspectionReport
from wiki.files.inspection.svg_cost import check_cost

SVG_SIZE_LIMIT = 5_000_000  # bytes; browsers take too long to draw larger ones

_NAMESPACE = "http://www.w3.org/2000/svg"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
# Not `xml:base`, which turns a reference inside the picture into an external one.
_XML = frozenset(f"{{http://www.w3.org/XML/1998/namespace}}{name}" for name in ("lang", "space"))

# No scripts, embedded HTML, links, or elements that change attributes later.
_DRAWN = """
    svg g defs symbol use switch title desc style
    path rect circle ellipse line polyline polygon text tspan textPath image
    linearGradient radialGradient stop clipPath mask pattern marker filter
    feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
    feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting
    feSpotLight feTile feTurbulence
"""
_ELEMENTS = frozenset(re.findall(r"\S+", _DRAWN))
_UNWRAPPED = frozenset({"a"})  # its content is kept; the link is dropped
_ATTRIBUTE = re.compile(r"(?!on)[A-Za-z][A-Za-z0-9_-]*$", re.IGNORECASE)
_OWN_PLACE = re.compile(r"#[^\s]+$")
_OWN_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+$")
# Anything that a style could load, and escapes that could hide it.
_LOADS = re.compile(r"""@import|@font-face|\\|<|url\(\s*["']?\s*(?!\s|["']|\#)""", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)(?:px)?\s*$")


def inspect_svg(content: bytes, folder: Path) -> InspectionReport:
    """The picture, reduced to what is drawn.

    Raises `FileRefused`: `damaged`, `entities`, `too-complex`.
    """
    if len(content) > SVG_SIZE_LIMIT:
        raise FileRefused("too-complex")
    try:
        root = fromstring(content)
    except DefusedXmlException as error:
        raise FileRefused("entities") from error
    except (ParseError, ValueError) as error:
        raise FileRefused("damaged") from error
    drawn = _clean(root)
    if drawn is None or drawn.tag != f"{{{_NAMESPACE}}}svg":
        raise FileRefused("damaged")
    check_cost(drawn)
    register_namespace("", _NAMESPACE)
    target = folder / "picture"
    target.write_bytes(tostring(drawn, encoding="utf-8", xml_declaration=True))
    width, height = _size(drawn)
    text = " ".join(" ".join(drawn.itertext()).split())
    return InspectionReport(SVG, str(target), text=text, width=width, height=height)


def _clean(element: Element) -> Element | None:
    """The element, reduced to what is allowed; `None` if it isn’t."""
    name = _local_name(element.tag)
    if name not in _ELEMENTS:
        return None
    clean = Element(f"{{{_NAMESPACE}}}{name}", _attributes(name, element.attrib))
    clean.text, clean.tail = element.text, element.tail
    if name == "style" and (len(element) or _LOADS.search(element.text or "")):
        return None
    _clean_children(element, clean)
    return clean


def _clean_children(element: Element, clean: Element) -> None:
    for child in element:
        if _local_name(child.tag) in _UNWRAPPED:
            _clean_children(child, clean)
        elif (kept := _clean(child)) is not None:
            clean.append(kept)


def _local_name(tag: object) -> str:
    """The name of an SVG element; empty for an element in another namespace."""
    if not isinstance(tag, str):
        return ""
    # Some tools omit the namespace, but browsers draw nothing without it.
    return tag.removeprefix(f"{{{_NAMESPACE}}}")


def _attributes(name: str, written: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for attribute, value in written.items():
        if attribute in ("href", _XLINK_HREF):
            if _OWN_PLACE.match(value) or (name == "image" and _OWN_PICTURE.match(value)):
                kept["href"] = value
        elif attribute in _XML or _is_harmless(attribute, value):
            kept[attribute] = value
    return kept


def _is_harmless(attribute: str, value: str) -> bool:
    return _ATTRIBUTE.match(attribute) is not None and not _LOADS.search(value)


def _size(root: Element) -> tuple[int | None, int | None]:
    """Width and height in pixels, from the attributes or the view box."""
    box = root.get("viewBox", "").replace(",", " ").split()
    sizes = (root.get("width", ""), root.get("height", ""))
    found = [_LENGTH.match(written) for written in sizes]
    if not all(found) and len(box) == 4:
        found = [_LENGTH.match(written) for written in box[2:]]
    numbers = [round(float(match[1])) if match else 0 for match in found]
    is_known = all(0 < number < 100_000 for number in numbers)
    return (numbers[0], numbers[1]) if is_known else (None, None)
