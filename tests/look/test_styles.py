"""The stylesheets: colours are tokens, tokens have contrast, and everything stays small."""

import re

import pytest

from wiki.config import resource_folder
from wiki.web.assets import stylesheet

CSS = resource_folder("static") / "css"
OURS = ("nexus.css", "text.css", "work.css", "editor.css", "files.css")
CSS_LIMIT = 90_000  # bytes; with the community’s boards, threads, cards and proposals

# Text on its background; 4.5:1 is AA of WCAG 2.2 (success criterion 1.4.3).
TEXTS = [
    *[
        (text, ground)
        for text in ("ink", "muted", "accent", "link", "missing", "ok", "warn", "danger")
        for ground in ("paper", "surface", "sunken")
    ],
    *[("ink", ground) for ground in ("accent-wash", "ok-wash", "warn-wash", "danger-wash")],
    *[("ink", ground) for ground in ("link-wash", "mark", "ok-mark", "danger-mark")],
    *[("muted", ground) for ground in ("accent-wash", "ok-wash", "warn-wash", "danger-wash")],
    *[("link", ground) for ground in ("accent-wash", "ok-wash", "warn-wash", "link-wash")],
    ("danger", "danger-wash"),
    ("warn", "warn-wash"),
    ("ok", "ok-wash"),
    ("ok", "accent-wash"),
    ("danger", "accent-wash"),
    ("accent", "accent-wash"),
    ("link", "link-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger"),
]
# Borders of fields and the ring of focus; 3:1 is AA for what isn't text (1.4.11).
EDGES = [(edge, ground) for edge in ("control", "accent") for ground in ("paper", "surface")]

_TOKEN = re.compile(r"--([\w-]+): light-dark\((#\w+), (#\w+)\);")
_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab|color-mix)\(", re.IGNORECASE)


def tokens() -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in _TOKEN.findall(source("nexus.css"))}


def source(name: str) -> str:
    return stylesheet(f"css/{name}")


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_can_be_read(theme):
    weak = {
        (text, ground): round(ratio, 2)
        for text, ground in TEXTS
        if (ratio := contrast(tokens()[text][theme], tokens()[ground][theme])) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_edges_of_fields_can_be_seen(theme):
    weak = {
        (edge, ground): round(ratio, 2)
        for edge, ground in EDGES
        if (ratio := contrast(tokens()[edge][theme], tokens()[ground][theme])) < 3
    }
    assert weak == {}


@pytest.mark.parametrize("name", OURS)
def test_colours_stand_in_the_tokens_alone(name: str):
    text = source(name)
    begin = text.find("@layer tokens {")
    end = text.find("@layer base {")
    outside = text if begin < 0 else text[:begin] + text[end:]
    assert _COLOUR.findall(outside) == []


def test_old_browsers_get_the_light_theme():
    text = source("nexus.css")
    block = text[text.index("@supports not (color: light-dark") : text.index("@layer base {")]
    plain = dict(re.findall(r"--([\w-]+): (#\w+);", block))
    assert plain == {name: light for name, (light, _dark) in tokens().items()}


def test_every_token_that_is_used_is_there():
    everything = "".join(source(name) for name in OURS)
    known = set(re.findall(r"(--[\w-]+):", everything))
    assert set(re.findall(r"var\((--[\w-]+)", everything)) - known == set()


def test_nothing_comes_from_elsewhere():
    everything = "".join(source(name) for name in OURS)
    assert "@import" not in everything
    assert "url(" not in everything


def test_the_stylesheets_stay_small():
    assert sum(len(source(name).encode()) for name in OURS) < CSS_LIMIT


def test_every_part_is_imported_once():
    named = [
        part
        for file in CSS.glob("*.css")
        for part in re.findall(r'@import "\./([^"]+)";', file.read_text())
    ]
    assert sorted(named) == sorted(str(file.relative_to(CSS)) for file in CSS.glob("*/*.css"))


def test_a_part_is_short():
    """So that its name tells what is in it."""
    assert [str(file) for file in CSS.rglob("*.css") if file.read_text().count("\n") > 140] == []


def test_the_head_of_tools_looks_the_same_wherever_it_stands() -> None:
    """Macros of the frame make it, also on pages that have no further stylesheet."""
    assert ".tool-title a { color: inherit; }" in source("nexus.css")
