"""A pool of browser tabs that tests use one after another, reset between tests.

Most of the cost of a page in a new window is the window, its processes and what it loads first;
a page in an existing tab costs a third.
"""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

LIMIT = 60_000  # ms to wait for what should come at once; tests share their cores
KEPT = 4  # windows that wait for the next test
# What a test asks for with these stays with a tab, which therefore goes with the test.
WEARING_TAB = ("add_init_script", "expose_binding", "expose_function", "on", "once", "route")
WEARING_WINDOW = (*WEARING_TAB, "new_cdp_session", "set_extra_http_headers", "set_geolocation")


class Tab:
    """A page in a window of its own; `on_console` and `on_error` hear what it complains about."""

    def __init__(self, context: BrowserContext, wanted: object) -> None:
        self.context = context
        self.wanted = wanted
        self.on_console: Callable[[ConsoleMessage], object] = lambda _said: None
        self.on_error: Callable[[str], object] = lambda _error: None
        context.set_default_timeout(LIMIT)
        # Looked up as each arrives: whoever listens changes from test to test.
        context.on("console", lambda said: self.on_console(said))  # noqa: PLW0108
        context.on("weberror", lambda error: self.on_error(str(error.error)))
        self.page: Page = context.new_page()
        self._wire = context.new_cdp_session(self.page)
        self._is_worn = False
        for name in WEARING_TAB:
            self._watch(self.page, name)
        for name in WEARING_WINDOW:
            self._watch(context, name)

    def _watch(self, thing: Any, name: str) -> None:
        call = getattr(thing, name)

        def worn(*args: Any, **kwargs: Any) -> Any:
            self._is_worn = True
            return call(*args, **kwargs)

        setattr(thing, name, worn)

    def forget(self) -> bool:
        """Forget what it was used for; false when it can't."""
        if self._is_worn or self.page.is_closed():
            return False
        try:
            for other in self.context.pages:
                if other is not self.page:
                    other.close()
            self.context.set_offline(False)
            self.context.clear_permissions()
            # Elsewhere on the site, so that its process stays; not in a page with scripts.
            self.page.goto("/healthz")
            self.page.evaluate("sessionStorage.clear()")
            origin = self.page.evaluate("location.origin")
            self._wire.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
            self._wire.send("Page.resetNavigationHistory")
            self.context.clear_cookies()  # of other ports, too
            self.page.mouse.move(0, 0)
        except Error:  # its server has ended
            return False
        self.page.set_default_timeout(LIMIT)
        return True


class Tabs:
    """Gives tabs out and takes them back."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._kept: list[Tab] = []

    def acquire(
        self,
        base_url: str,
        *,
        width: int = 1280,
        height: int = 800,
        color_scheme: str = "light",
        reduced_motion: str = "no-preference",
        **options: Any,
    ) -> Tab:
        """A tab in which nothing has been opened and nobody is signed in."""
        wanted = (base_url, sorted(options.items()))
        tab = next((kept for kept in reversed(self._kept) if kept.wanted == wanted), None)
        if tab is None:
            context = self._browser.new_context(base_url=base_url, locale="en-GB", **options)
            tab = Tab(context, wanted)
        else:
            self._kept.remove(tab)
        tab.page.set_viewport_size({"width": width, "height": height})
        media: Any = {"color_scheme": color_scheme, "reduced_motion": reduced_motion}
        tab.page.emulate_media(media="null", **media)
        return tab

    def release(self, tab: Tab) -> None:
        if tab.forget():
            self._kept.append(tab)
        else:
            tab.context.close()
        while len(self._kept) > KEPT:
            self._kept.pop(0).context.close()
