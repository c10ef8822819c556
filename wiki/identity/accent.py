"""The accent colour: from one colour, those of both themes, each with enough contrast. Pure.

A colour keeps its hue and saturation; only its lightness is changed, and only as far as text in it,
and text on it, must be readable (WCAG 2.2, success criteria 1.4.3 and 1.4.11).
"""

import colorsys
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

MIN_CONTRAST = 4.5  # to 1; WCAG 2.2 AA for text, more than the 3 of rings and borders
DEFAULT_ACCENT = "#0f6b5c"  # of the stylesheet
VERSION = 1  # of what is made of a colour; part of the stylesheet's address

# Of `static/css/base/tokens.css`; a test compares them.
LIGHT_GROUNDS = ("#fbfaf7", "#ffffff", "#f1f0eb")  # paper, surface, sunken
DARK_GROUNDS = ("#14181b", "#1b2024", "#101316")
# What is written on the wash of each theme: ink, muted, link, ok, danger.
LIGHT_TEXTS = ("#1b2226", "#55606a", "#0b5cad", "#1a6b3a", "#a8201a")
DARK_TEXTS = ("#e6e8e6", "#a3adb3", "#86bdf5", "#7fd19b", "#ff8f86")
WHITE, BLACK = "#ffffff", "#0b1215"  # on the accent of light and of dark pages
_STEP = 0.005  # of lightness
_STRONG = 0.09  # of lightness, between the accent and where a pointer is
_LIGHT_WASH, _DARK_WASH = 0.92, 0.14  # lightness
_WASH_SATURATION = 0.4  # at most
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Shades:
    """What one theme makes of the colour, each as `#rrggbb`."""

    accent: str
    strong: str
    on_accent: str
    wash: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The shades of both themes."""

    light: Shades
    dark: Shades


def parse_colour(written: str) -> str | None:
    """`#rrggbb` in lower case of `#RGB` or `RRGGBB`; `None` if it isn't a colour."""
    found = _HEX.fullmatch(written.strip())
    if found is None:
        return None
    digits = found[1].lower()
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, from 0 to 1 (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=64)  # strangers may ask for millions
def palette(colour: str) -> Palette:
    """The shades of `colour` (`#rrggbb`), itself wherever it can be read."""
    light_wash = _wash(colour, _LIGHT_WASH, LIGHT_TEXTS, up=True)
    light = _shade(colour, (*LIGHT_GROUNDS, light_wash, WHITE), up=False)
    dark_wash = _wash(colour, _DARK_WASH, DARK_TEXTS, up=False)
    dark = _shade(colour, (*DARK_GROUNDS, dark_wash, BLACK), up=True)
    return Palette(
        Shades(light, _lighten(light, -_STRONG), WHITE, light_wash),
        Shades(dark, _lighten(dark, _STRONG), BLACK, dark_wash),
    )


def stylesheet(colour: str) -> str:
    """The tokens of `colour`, to be loaded after the others; and the look of its samples."""
    made = palette(colour)
    names = {"accent": "accent", "strong": "accent-strong", "on_accent": "on-accent"}
    pairs = {
        f"--{css}": (getattr(made.light, name), getattr(made.dark, name))
        for name, css in {**names, "wash": "accent-wash"}.items()
    }
    both = "".join(f"{name}:light-dark({light},{dark});" for name, (light, dark) in pairs.items())
    old = "".join(f"{name}:{light};" for name, (light, _dark) in pairs.items())
    return (
        f"@layer tokens{{:root{{{both}}}"
        f"@supports not (color:light-dark(#000,#fff)){{:root{{{old}}}}}}}\n"
        "@layer components{.accent-sample{padding:var(--space-4);background:var(--paper);"
        "color:var(--ink);border:var(--hair) solid var(--line);border-radius:var(--radius)}"
        ".accent-sample strong{color:var(--accent)}}\n"
    )


def _shade(colour: str, grounds: Iterable[str], *, up: bool) -> str:
    """The colour, lightened or darkened until it stands out from all `grounds`."""
    return _until(colour, lambda shade: all(_is_readable(shade, each) for each in grounds), up=up)


def _wash(colour: str, lightness: float, texts: Iterable[str], *, up: bool) -> str:
    """A ground with a touch of the colour, on which all `texts` are readable."""
    hue, _lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    wash = _hex(colorsys.hls_to_rgb(hue, lightness, min(saturation, _WASH_SATURATION)))
    return _until(wash, lambda ground: all(_is_readable(text, ground) for text in texts), up=up)


def _until(colour: str, is_fit: Callable[[str], bool], *, up: bool) -> str:
    step = _STEP if up else -_STEP
    for count in range(round(1 / _STEP) + 1):
        shade = _lighten(colour, count * step) if count else colour
        if is_fit(shade):
            return shade
    return WHITE if up else "#000000"


def _is_readable(one: str, other: str) -> bool:
    return contrast(one, other) >= MIN_CONTRAST


def _lighten(colour: str, by: float) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    return _hex(colorsys.hls_to_rgb(hue, min(1.0, max(0.0, lightness + by)), saturation))


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hex(channels: Iterable[float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
