"""The colour theme of the reader, in a cookie, since it works without an account."""

from flask import request

THEMES = ("system", "light", "dark")
THEME_COOKIE = "nexus_theme"


def chosen_theme() -> str:
    """The chosen theme: `system`, `light` or `dark`."""
    theme = request.cookies.get(THEME_COOKIE, "")
    return theme if theme in THEMES else THEMES[0]
