"""Reading a page: wide, long, printed or right-to-left content, and where it begins."""

from collections.abc import Callable
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.live_server import LiveServer
from wiki.hub.markdown_file import read_markdown_page
from wiki.hub.starter import STARTER_FOLDER

pytestmark = pytest.mark.browser

CODE = "django.conf.settings.DATA_UPLOAD_MAXIMUM_MEMORY_SIZE"
SENTENCE = "How many bytes of a request may stay in memory before it goes to a file, and why so"
ROW = f"| `{CODE}` | integer | `1024` | {SENTENCE} | 2.1 | the end |\n"
WIDE = f"""\
Before the table.

| Setting | Type | Default | What it does | Since | Last |
|---|---|---|---|---|---|
{ROW * 3}
## Second

| Code | Meaning |
|---|---|
| `GET` | {SENTENCE} |

## Third

### Part

Words.

#### Detail

```python
print("code")
```
"""
ARABIC = """\
Redis هو مخزن بيانات يعمل في الذاكرة، ويجيب في أقل من ميلي ثانية.

## مقدمة

- يحتفظ بكل شيء في الذاكرة

> [!WARNING]
> لا تكتب كلمة المرور في الشيفرة.

| الاسم | النوع |
|---|---|
| المهلة | ثوان |

Only this paragraph is in English.

## خاتمة

```python
print("left")
```

## نهاية

انتهى.
"""
LONG = "django.db.utils.OperationalError: connection_to_server_at_localhost_was_refused"
DRAWN = "Words.\n\n" * 80 + "```mermaid\ngraph TD; Begin-->Finish\n```\n"


@pytest.fixture(scope="module")
def live_server(starter_server: LiveServer) -> LiveServer:
    """With its starter pages, and some that are hard to show."""
    server = starter_server
    server.make_page("wide", title="Wide", text=WIDE)
    server.make_page("arabic", title="ما هو ريديس؟", text=ARABIC, kind="concept", tags=["قاعدة"])
    server.make_page("long", title=LONG, text=f"## {CODE}\n\nx\n\n## B\n\ny\n\n## C\n\nz\n")
    server.make_page("drawn", title="Drawn", text=DRAWN)
    return server


def box(element: Locator) -> dict[str, float]:
    found = element.bounding_box()
    assert found is not None
    return {**found, "right": found["x"] + found["width"], "end": found["y"] + found["height"]}


# Tables


def test_a_wide_table_uses_the_room_beside_the_text(visit: Callable[..., Page]) -> None:
    tab = visit()
    tab.goto("/wiki/wide")
    table, text = tab.locator(".table-scroll").first, tab.locator("[data-text] > p").first
    assert box(table)["right"] > box(text)["right"] + 100
    assert box(table)["right"] < box(tab.locator(".outline"))["x"]
    assert table.evaluate("element => element.scrollWidth <= element.clientWidth")
    # The one beside it is no wider than the text.
    assert box(tab.locator(".table-scroll").nth(1))["right"] <= box(text)["right"] + 1


def test_rows_stay_low_and_columns_readable_on_a_phone(visit: Callable[..., Page]) -> None:
    tab = visit(width=360)
    tab.goto("/wiki/wide")
    first = tab.locator("tbody tr").first
    line = first.evaluate("row => parseFloat(getComputedStyle(row).lineHeight)")
    assert box(first)["height"] < 6 * line
    assert box(first.locator("td").nth(0))["width"] < 300
    assert box(first.locator("td").nth(3))["width"] > 150
    # A short name in code stays whole.
    short = tab.locator("code", has_text="GET")
    assert box(short)["height"] < 1.5 * line


def test_an_edge_says_that_there_is_more_and_nothing_once_there_is_not(
    visit: Callable[..., Page],
) -> None:
    tab = visit(width=360, java_script_enabled=False)
    tab.goto("/wiki/wide")
    wide, narrow = tab.locator(".table-scroll").first, tab.locator(".table-scroll").nth(1)
    paper = tab.locator("body").evaluate("element => getComputedStyle(element).backgroundColor")
    for place, is_shaded in ((wide, True), (narrow, False)):
        place.scroll_into_view_if_needed()
        shade = _colour_at(tab, box(place)["right"] - 2, box(place)["end"] - 12)
        assert (shade != paper) == is_shaded, (shade, paper)


def _colour_at(tab: Page, x: float, y: float) -> str:
    """The colour of a pixel on the screen."""
    picture = tab.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    red, green, blue = Image.open(BytesIO(picture)).convert("RGB").tobytes()[:3]
    return f"rgb({red}, {green}, {blue})"


# Paper


def test_paper_loses_no_column(visit: Callable[..., Page]) -> None:
    tab = visit(width=680)  # A4 less its margins
    tab.goto("/wiki/wide")
    tab.emulate_media(media="print")
    table = tab.locator(".table-scroll").first
    assert table.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert box(table.locator("tbody td").last)["right"] <= 680
    expect(table).to_have_css("overflow-x", "visible")


def test_a_diagram_that_was_not_seen_yet_prints_its_source(visit: Callable[..., Page]) -> None:
    tab = visit(height=400)
    tab.goto("/wiki/drawn")
    tab.locator(".diagram iframe").wait_for(state="attached")
    tab.emulate_media(media="print")
    expect(tab.locator(".diagram .code")).to_be_visible()
    tab.emulate_media(media="screen")
    tab.locator(".diagram iframe").scroll_into_view_if_needed()
    expect(tab.locator(".diagram.drawn")).to_be_attached()
    tab.emulate_media(media="print")
    expect(tab.locator(".diagram iframe")).to_be_visible()
    expect(tab.locator(".diagram .code")).to_be_hidden()


def test_printing_waits_for_a_diagram_that_was_not_seen_yet(visit: Callable[..., Page]) -> None:
    tab = visit(height=400)
    tab.goto("/wiki/drawn")
    tab.locator(".diagram iframe").wait_for(state="attached")
    tab.evaluate(
        """window.print = () => {
          window.printed = document.querySelectorAll(".diagram.drawn").length;
        };"""
    )
    tab.keyboard.press("Control+p")
    tab.wait_for_function("() => window.printed === 1")


# Names


def test_long_names_break_behind_their_signs(visit: Callable[..., Page]) -> None:
    tab = visit(width=360)
    tab.goto("/wiki/long")
    lines = tab.get_by_role("heading", level=1).evaluate(LINES)
    assert len(lines) > 1
    assert all(line.rstrip()[-1] in "._:" for line in lines[:-1]), lines
    copied = (
        tab.get_by_role("heading", level=1)
        .locator("bdi")
        .evaluate(
            """title => {
          getSelection().selectAllChildren(title);
          return getSelection().toString();
        }"""
        )
    )
    assert copied == LONG


LINES = """
title => {
  const range = document.createRange(), lines = [];
  const walker = document.createTreeWalker(title.querySelector("bdi"), NodeFilter.SHOW_TEXT);
  let last = null;
  while (walker.nextNode()) {
    for (let at = 0; at < walker.currentNode.length; at++) {
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + 1);
      const top = [...range.getClientRects()].at(-1)?.top;
      if (top === undefined) continue;
      if (last === null || top > last + 4) lines.push("");
      last = top;
      lines[lines.length - 1] += walker.currentNode.data[at];
    }
  }
  return lines;
}
"""


@pytest.mark.parametrize("width", [360, 1280])
def test_contents_wrap(visit: Callable[..., Page], width: int) -> None:
    tab = visit(width=width)
    tab.goto("/wiki/long")
    if width == 360:
        tab.locator(".outline summary").click()
    outline = tab.locator(".outline")
    assert outline.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert box(outline.get_by_role("link").first)["right"] <= box(outline)["right"] + 1


# From the right


@pytest.mark.parametrize("width", [360, 1280])
def test_arabic_stands_right_from_title_to_end(visit: Callable[..., Page], width: int) -> None:
    tab = visit(width=width)
    tab.goto("/wiki/arabic")
    text = tab.locator("[data-text]")
    edge = box(text)["right"]
    heads = [tab.locator("h1 bdi"), tab.locator(".byline > span").first]
    parts = [text.locator("p").first, text.locator("h2").first, text.locator("table")]
    for part in (*heads, *parts, text.locator(".admonition")):
        assert abs(box(part)["right"] - edge) < 2, part
    expect(text.locator("ul")).to_have_css("direction", "rtl")
    expect(text.get_by_text("Only this paragraph")).to_have_css("direction", "ltr")
    expect(text.locator("pre")).to_have_css("direction", "ltr")
    if width == 1280:
        assert box(tab.locator(".outline"))["right"] < box(text)["x"]
    tab.goto("/kinds/concept")
    entry = tab.locator(".page-list > li", has_text="ريديس")
    assert box(entry.locator(".quiet time"))["right"] == pytest.approx(box(entry)["right"], abs=2)


# Where things stand


def test_an_ordinary_page_begins_in_the_upper_half_of_a_phone(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    tab = visit("selam", width=360, height=640, is_mobile=True, has_touch=True)
    late = []
    for path in starter_paths():
        tab.goto(f"/wiki/{path}")
        title, top = (
            tab.get_by_role("heading", level=1),
            box(tab.locator(".kind-card, [data-text] > *").first),
        )
        is_long = box(title)["height"] > 70  # three lines
        if top["y"] >= (384 if is_long else 320):
            late.append((path, top["y"]))
    assert late == []


def starter_paths() -> list[str]:
    """Those with the longest titles and tags, which push a text down, and every tenth."""
    files = sorted(STARTER_FOLDER.rglob("*.md"))
    assert len(files) > 50
    heads = {
        page.path: len(page.title or page.heading) + len("".join(page.tags or ()))
        for file in files
        if (
            page := read_markdown_page(
                file.relative_to(STARTER_FOLDER).as_posix(), file.read_text()
            )
        )
    }
    longest = sorted(heads, key=heads.__getitem__)[-15:]
    return sorted({*longest, *[*heads][::10]})


@pytest.mark.parametrize("has_script", [True, False])
def test_the_menu_leads_everywhere_on_a_phone(visit: Callable[..., Page], has_script: bool) -> None:
    tab = visit(width=360, java_script_enabled=has_script)
    for name in ("Technologies", "All pages", "Tags", "Files", "Recent changes"):
        tab.goto("/wiki/wide")
        site = tab.get_by_role("navigation", name="Site")
        expect(site.get_by_role("link", name=name)).to_be_hidden()
        site.get_by_text("Menu").click()
        link = site.get_by_role("link", name=name, exact=True)
        expect(link).to_be_in_viewport(ratio=1)
        link.click()
        expect(tab.get_by_role("heading", level=1)).to_contain_text(name)


def test_where_there_is_room_the_menu_is_a_row(visit: Callable[..., Page]) -> None:
    tab = visit()
    tab.goto("/wiki/technologies/django")
    site = tab.get_by_role("navigation", name="Site")
    expect(site.get_by_role("link", name="Recent changes")).to_be_visible()
    expect(site.get_by_role("link", name="Technologies")).to_have_attribute("aria-current", "true")
    tab.get_by_role("navigation", name="Breadcrumb").get_by_role("link").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Technologies")
    expect(tab.get_by_role("main").get_by_role("link", name="Django", exact=True)).to_be_visible()


def test_headings_differ_and_code_stands_apart(visit: Callable[..., Page]) -> None:
    tab = visit(color_scheme="dark")
    tab.goto("/wiki/wide")
    sizes = [
        tab.locator(f"[data-text] {name}").first.evaluate(
            "element => parseFloat(getComputedStyle(element).fontSize)"
        )
        for name in ("h2", "h3", "h4", "p")
    ]
    assert all(size >= 1.15 * next_size for size, next_size in pairwise(sizes[:3])), sizes
    assert sizes[2] >= sizes[3]
    ground = "element => getComputedStyle(element).backgroundColor"
    assert tab.locator(".code").evaluate(ground) != tab.locator("body").evaluate(ground)
