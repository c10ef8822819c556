"""Diagrams that try to do more than be drawn."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

HOSTILE = """
```mermaid
graph TD; Link-->B
click Link href "https://evil.example/" _top
```

```mermaid
%%{init: {"themeCSS": "* { fill: url(https://evil.example/b) }"}}%%
graph TD; Style["<img src=https://evil.example/c.png onerror=alert(1)>"]-->B
```
"""


def test_a_diagram_leads_nowhere_and_loads_nothing(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("drawn", text=HOSTILE)
    tab = visit()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto("/wiki/drawn")
    drawings = [tab.frame_locator(f"iframe >> nth={number}") for number in (0, 1)]
    for drawing, words in zip(drawings, ("Link", "img"), strict=True):
        expect(drawing.locator("svg").first).to_be_visible()
        drawing.locator("tspan", has_text=words).first.click(force=True)
    expect(drawings[0].locator("tspan", has_text="Link").first).to_be_visible()
    assert tab.url.endswith("/wiki/drawn")
    assert [url for url in asked if "evil" in url] == []
