"""What scripts add to pages that work without them."""

import pytest

pytestmark = pytest.mark.browser

WORDS = "#nx-text"


@pytest.fixture
def editor(page, sign_in):
    """`editor("title")`: the editor of a new page, ready to type."""
    sign_in("selam")

    def editor(title):
        page.goto("/new")
        page.fill("#nx-title", title)
        page.fill(WORDS, "")
        return page

    return editor


def save(page):
    page.click("button[value=save]")
    page.wait_for_url("**/wiki/**")


def test_a_slash_reaches_the_search_field(page):
    page.goto("/pages")
    page.keyboard.press("/")
    page.keyboard.type("redis/celery")
    assert page.input_value("#nx-find") == "redis/celery"


def test_the_front_page_has_one_search_field_and_a_slash_reaches_it(page):
    page.goto("/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "nx-front-find"
    assert page.locator("input[type=search]:visible").count() == 1


def test_a_button_marks_what_is_selected_and_undo_takes_it_back(editor):
    page = editor("Marks")
    page.fill(WORDS, "plain")
    page.locator(WORDS).select_text()
    page.click("[aria-label=Bold]")
    assert page.input_value(WORDS) == "**plain**"
    page.keyboard.press("Control+z")
    assert page.input_value(WORDS) == "plain"


def test_a_list_is_made_of_whole_lines(editor):
    page = editor("Lists")
    page.fill(WORDS, "one\ntwo")
    page.locator(WORDS).select_text()
    page.click("[aria-label='Numbered list']")
    assert page.input_value(WORDS) == "1. one\n2. two"


def test_a_draft_stays_in_the_browser_until_the_server_is_back(editor):
    page = editor("Offline")
    page.fill(WORDS, "First.\n")
    save(page)
    address = page.url.replace("/wiki/", "/edit/")
    page.goto(address)
    page.context.set_offline(True)
    page.fill(WORDS, "On the bus.\n")
    page.wait_for_selector("text=Your draft is saved in this browser.")
    page.context.set_offline(False)
    page.wait_for_selector("text=Draft saved at")
    page.goto(address)
    page.click("text=Continue editing")
    assert page.input_value(WORDS) == "On the bus.\n"


def test_code_is_copied(editor):
    page = editor("Copy")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.fill(WORDS, "```python\nprint(1)\n```\n")
    save(page)
    page.hover(".code")
    page.click(".code-copy")
    page.wait_for_selector("text=Copied")
    assert page.evaluate("navigator.clipboard.readText()").strip() == "print(1)"


def test_the_outline_tells_where_one_reads(editor):
    page = editor("Long")
    page.fill(WORDS, "".join(f"## Part {n}\n\n{'Words. ' * 400}\n\n" for n in range(1, 5)))
    save(page)
    page.evaluate("document.getElementById('part-3').scrollIntoView()")
    page.wait_for_selector(".outline a[aria-current]:has-text('Part 3')")


def test_no_page_scrolls_sideways(editor):
    page = editor("Verylongword" * 12)
    table = f"| a | b |\n|---|---|\n| `{'y' * 90}` | z |\n"
    page.fill(WORDS, f"{'x' * 300}\n\n    {'code ' * 60}\n\n{table}")
    save(page)
    path = page.url.partition("/wiki/")[2]
    for url in ("wiki", "edit", "history", "diff", "links", "rename", "delete"):
        page.goto(f"/{url}/{path}")
        for width in (320, 360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            room = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(room) <= 0, (url, width)


DIAGRAMS = """
```mermaid
flowchart LR
  A[Browser] --> B["<img src=x onerror=alert(1)>"]
```

```mermaid
not a diagram
```
"""


def test_a_diagram_is_drawn_in_a_frame_and_a_wrong_one_keeps_its_source(editor):
    page = editor("Diagrams")
    page.fill(WORDS, DIAGRAMS)
    save(page)
    drawn = page.frame_locator("iframe").first
    drawn.locator("svg", has_text="Browser").wait_for()
    assert "<img src=x" in drawn.locator("svg").text_content()
    assert drawn.locator("img").count() == 0
    assert not page.is_visible("text=flowchart LR")
    page.locator(".diagram .field-error").wait_for()
    assert page.is_visible("text=not a diagram")
