"""How much a browser draws for an SVG picture with copies of copies, or nested patterns.

Each level multiplies what the next one draws, so a few kilobytes can freeze a browser. The estimate
is never lower than what is drawn, as far as that can be known without drawing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from wiki.files.errors import FileRefused

# Elements that are drawn if all references are followed; nesting grows like 10, 100, 1,000 …
DRAWN_LIMIT = 500_000

_PLACE = re.compile(r"""url\(\s*["']?\s*#([^)"'\s]+)""", re.IGNORECASE)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
# The last part of a selector, which matches an element if its parents match as well.
_SIMPLE = re.compile(r"(?:^|[\s>+~])([\w-]*)((?:[.#][\w-]+)*)\s*$")
_NUMBER = re.compile(r"[0-9]+")
# Drawn once, regardless of their content.
_GRADIENTS = frozenset({"linearGradient", "radialGradient"})
_PAINTS = frozenset({"fill", "stroke"})


class _Reference(NamedTuple):
    """A property that refers to another element of the picture."""

    name: str
    id: str

    @property
    def is_inherited(self) -> bool:
        """Whether children inherit the property."""
        return self.name in _PAINTS or self.is_marker

    @property
    def is_marker(self) -> bool:
        """Whether it is a marker, which is drawn at each corner of a shape."""
        return self.name.startswith("marker")


def check_cost(root: Element) -> None:
    """Check that the picture can be drawn in time. Raises `FileRefused` (`too-complex`)."""
    if _CostCounter(root).of(root).drawn > DRAWN_LIMIT:
        raise FileRefused("too-complex")


class _DrawCost(NamedTuple):
    """The number of drawn elements, and how many of them inherit the fill of this one."""

    drawn: int
    heirs: int


class _CostCounter:
    def __init__(self, root: Element) -> None:
        self._places = {found.get("id"): found for found in root.iter() if found.get("id")}
        self._rules = [
            rule
            for found in root.iter()
            if _name(found) == "style"
            for rule in _rules("".join(found.itertext()))
        ]
        self._known: dict[Element, _DrawCost] = {}
        self._under_way: set[Element] = set()

    def of(self, element: Element) -> _DrawCost:
        """The cost of drawing an element. Raises `FileRefused` (`too-complex`) for a cycle."""
        if element in self._known:
            return self._known[element]
        if element in self._under_way:
            raise FileRefused("too-complex")
        self._under_way.add(element)
        inside = [self.of(child) for child in element]
        inside.append(self._at(element.get("href", "").removeprefix("#")))
        drawn, heirs = (1 + sum(each) for each in zip(*inside, strict=True))
        if _name(element) in _GRADIENTS:
            drawn = 1
        corners = max(heirs, sum(map(_corners, element.iter())))
        for use in self._uses(element):
            times = corners if use.is_marker else heirs if use.is_inherited else 1
            drawn += times * self._at(use.id).drawn
        self._under_way.discard(element)
        return self._known.setdefault(element, _DrawCost(drawn, heirs))

    def _at(self, id_: str) -> _DrawCost:
        target = self._places.get(id_)
        return self.of(target) if target is not None else _DrawCost(0, 0)

    def _uses(self, element: Element) -> set[_Reference]:
        found = set(_uses_in(element.get("style", "")))
        for name, value in element.items():
            found |= {_Reference(name, id_) for id_ in _PLACE.findall(value) if name != "style"}
        for selectors, uses in self._rules:
            if any(_matches(selector, element) for selector in selectors.split(",")):
                found |= uses
        return found


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _corners(element: Element) -> int:
    """The maximum number of points at which a shape has markers."""
    return len(_NUMBER.findall(element.get("d", "") or element.get("points", ""))) // 2


def _rules(style: str) -> Iterator[tuple[str, set[_Reference]]]:
    for selectors, declarations in _RULE.findall(_COMMENT.sub("", style)):
        if uses := set(_uses_in(declarations)):
            yield selectors, uses


def _uses_in(declarations: str) -> Iterator[_Reference]:
    """The references in CSS declarations.

    Raises `FileRefused` for a variable, since it may be used anywhere.
    """
    for declaration in declarations.split(";"):
        name, _, value = declaration.partition(":")
        for id_ in _PLACE.findall(value):
            if name.strip().startswith("--"):
                raise FileRefused("too-complex")
            yield _Reference(name.strip().lower(), id_)


def _matches(selector: str, element: Element) -> bool:
    """Whether a rule may apply to `element`; complex selectors count as matching."""
    found = _SIMPLE.search(selector)
    if found is None or not found[1] + found[2]:
        return True
    names = {f".{each}" for each in element.get("class", "").split()} | {f"#{element.get('id')}"}
    asked = re.findall(r"[.#][\w-]+", found[2])
    return found[1] in ("", _name(element)) and names.issuperset(asked)
