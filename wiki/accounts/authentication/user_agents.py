"""What somebody would call a browser that tells its name as browsers do."""

from flask_babel import gettext as _

# The first that a browser names is it: most name older ones beside themselves.
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


def browser_name(told: str) -> str:
    """Such as "Firefox on Android", or what is known of it."""
    browser, system = _first(_BROWSERS, told), _first(_SYSTEMS, told)
    words: str
    if browser and system:
        words = _("%(browser)s on %(system)s", browser=browser, system=system)
    else:
        words = browser or system or told[:40] or _("An unknown browser")
    return words


def _first(names: tuple[tuple[str, str], ...], told: str) -> str:
    return next((shown for name, shown in names if name in told), "")
