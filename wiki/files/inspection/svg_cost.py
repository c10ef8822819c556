"""How much a browser draws for an SVG picture: copies of copies, and patterns filled with patterns.

Each level multiplies what the next one draws, so that a few kilobytes can stop a browser. What is
counted here is never less than what is drawn, as far as that can be told without drawing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from wiki.files.errors import FileRefused

# Elements that are drawn when everything is followed; nested ones grow like 10, 100, 1,000 …
DRAWN_LIMIT = 500_000

_PLACE = re.compile(r"""url\(\s*["']?\s*#([^)"'\s]+)""", re.IGNORECASE)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
# The last part of a selector, by which an element is matched, if its parents match as well.
_SIMPLE = re.compile(r"(?:^|[\s>+~])([\w-]*)((?:[.#][\w-]+)*)\s*$")
_NUMBER = re.compile(r"[0-9]+")
_GRADIENTS = frozenset({"linearGradient", "radialGradient"})  # drawn once, whatever is in them
_PAINTS = frozenset({"fill", "stroke"})


class _Reference(NamedTuple):
    """That a property leads to another element of the picture."""

    name: str
    id: str

    @property
    def is_inherited(self) -> bool:
        return self.name in _PAINTS or self.is_marker

    @property
    def is_marker(self) -> bool:
        return self.name.startswith("marker")


def check_cost(root: Element) -> None:
    """Raises `FileRefused` (`too-complex`) for a picture that would never be drawn to the end."""
    if _CostCounter(root).of(root).drawn > DRAWN_LIMIT:
        raise FileRefused("too-complex")


class _DrawCost(NamedTuple):
    """Elements that are drawn, and how many of them inherit what this one is filled with."""

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
    """At how many points a shape has markers, at most."""
    return len(_NUMBER.findall(element.get("d", "") or element.get("points", ""))) // 2


def _rules(style: str) -> Iterator[tuple[str, set[_Reference]]]:
    for selectors, declarations in _RULE.findall(_COMMENT.sub("", style)):
        if uses := set(_uses_in(declarations)):
            yield selectors, uses


def _uses_in(declarations: str) -> Iterator[_Reference]:
    """Raises `FileRefused` for a variable, which may be used anywhere."""
    for declaration in declarations.split(";"):
        name, _, value = declaration.partition(":")
        for id_ in _PLACE.findall(value):
            if name.strip().startswith("--"):
                raise FileRefused("too-complex")
            yield _Reference(name.strip().lower(), id_)


def _matches(selector: str, element: Element) -> bool:
    """Whether a rule may be about `element`; what is more than names and classes is about all."""
    found = _SIMPLE.search(selector)
    if found is None or not found[1] + found[2]:
        return True
    names = {f".{each}" for each in element.get("class", "").split()} | {f"#{element.get('id')}"}
    asked = re.findall(r"[.#][\w-]+", found[2])
    return found[1] in ("", _name(element)) and names.issuperset(asked)
