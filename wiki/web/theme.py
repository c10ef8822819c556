"""The colour theme that the reader chose: kept in a cookie, since strangers choose one too."""

from flask import request

THEMES = ("system", "light", "dark")
THEME_COOKIE = "nexus_theme"


def chosen_theme() -> str:
    """`system`, `light` or `dark`."""
    theme = request.cookies.get(THEME_COOKIE, "")
    return theme if theme in THEMES else THEMES[0]
