"""The colours of code can be read on the code's background, in both themes."""

import re

import pytest

from tests.optional_resources import ROOT

BACKGROUND = {"light": "#f1f0eb", "dark": "#21282d"}
READABLE = 4.5  # WCAG 2.2, 1.4.3

CSS = (ROOT / "static" / "css" / "highlight.css").read_text(encoding="utf-8")
BLOCK = re.compile(r"(:root[^{]*)\{([^{}]*)\}")


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", block))


BLOCKS = [(selector.strip(), colours(body)) for selector, body in BLOCK.findall(CSS)]


@pytest.mark.parametrize(("selector", "block"), BLOCKS)
def test_every_colour_has_contrast(selector, block):
    is_dark = "dark" in selector or "not" in selector
    background = BACKGROUND["dark" if is_dark else "light"]
    weak = {n: c for n, c in block.items() if contrast(c, background) < READABLE}
    assert block
    assert not weak


def test_every_theme_names_every_colour():
    names = {frozenset(block) for _, block in BLOCKS}
    assert len(BLOCKS) == 3
    assert len(names) == 1


def test_every_colour_used_is_named():
    assert set(re.findall(r"var\((--[\w-]+)\)", CSS)) == set(BLOCKS[0][1])
