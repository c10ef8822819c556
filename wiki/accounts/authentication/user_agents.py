"""The browser’s name from the User-Agent header."""

from flask_babel import gettext as _

# In this order, since most browsers also name older ones.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """A name such as "Firefox on Android", as far as it can be recognized."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    words: str
    if browser and system:
        words = _("%(browser)s on %(system)s", browser=browser, system=system)
    else:
        words = browser or system or user_agent[:40] or _("An unknown browser")
    return words


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((shown for name, shown in names if name in user_agent), "")
