"""The editor in a browser: typing, keys, and the preview beside the text."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import editor, press
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

# Ten red pixels by ten, as base64.
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElF"
    "TkSuQmCC"
)
CODE = "```text\n" + "line\n" * 8 + "```\n\n"
LONG = "".join(f"## Part {n}\n\n{'Some words of it. ' * 12 * n}\n\n{CODE}" for n in range(1, 9))


@pytest.fixture
def write(visit: Callable[..., Page]) -> Callable[..., Page]:
    """`write("text")`: the editor of a new page with this text, the caret at its end."""

    def write(text: str = "", **options: object) -> Page:
        tab = visit("selam", **options)
        tab.goto("/new")
        begin(tab, text)
        return tab

    return write


def test_a_list_goes_on_by_itself_and_can_be_left(write: Callable[..., Page]) -> None:
    tab = write("- [x] one")
    keys, text = tab.keyboard, editor(tab)
    keys.press("Enter")
    keys.type("two")
    expect(text).to_have_value("- [x] one\n- [ ] two")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("in it")
    expect(text).to_have_value("- [x] one\n- [ ] two\n  - [ ] in it")
    keys.press("Enter")
    keys.press("Enter")
    keys.press("Enter")
    expect(text).to_have_value("- [x] one\n- [ ] two\n  - [ ] in it\n\n")
    keys.press("Control+z")
    expect(text).to_have_value("- [x] one\n- [ ] two\n  - [ ] in it\n- [ ] ")
    keys.press("Escape")
    keys.press("Tab")
    expect(text).not_to_be_focused()


# What stands in the editor, the keys that are pressed, and what they make of it.
MADE_BY_KEYS = [
    ("one two", ["Control+b"], "one **two**"),
    ("one two", ["Control+i", "Control+i"], "one two"),
    ("one", ["Control+Shift+h", "Control+Shift+h"], "### one"),
    ("one", ["Control+Shift+8", "Control+Shift+7"], "1. one"),
    ("```py\n    one", ["Enter"], "```py\n    one\n    "),
    ("9. one", ["Enter"], "9. one\n10. "),
    ("> one", ["Enter", "Enter"], "> one\n\n"),
    ("- one", ["Enter", "Enter"], "- one\n\n"),
    ("> - one", ["Enter", "Enter"], "> - one\n>\n> "),
    ("one\n\n- ", ["Enter"], "one\n\n"),
    ("one", ["Control+a", "Control+Shift+e"], "```python\none\n```"),
]


def test_keys_write_markdown_and_undo_takes_it_back(write: Callable[..., Page]) -> None:
    tab = write()
    for begun, keys, made in MADE_BY_KEYS:
        begin(tab, begun)
        for key in keys:
            tab.keyboard.press(key)
        expect(editor(tab), f"{keys} in {begun!r}").to_have_value(made)
        for key in keys:
            if key != "Control+a":
                tab.keyboard.press("Control+z")
        expect(editor(tab), f"{keys} in {begun!r}, undone").to_have_value(begun)


def begin(tab: Page, text: str) -> None:
    """Let `text` stand in the editor, the caret at its end."""
    editor(tab).fill(text)
    editor(tab).press("Control+End")


# The same before one types on.
TYPED_ON = [
    ("use one", ["Control+b"], "use **one** on"),
    ("use one", ["ArrowLeft", "Control+e"], "use `on one`"),
    ("use one", ["Control+b", "Control+b"], "use one on"),
    ("use one", ["Control+i", "Control+i"], "use one on"),
    ("use **one**", [*["ArrowLeft"] * 3, "Control+b"], "use on one"),
    ("use _one_", [*["ArrowLeft"] * 2, "Control+i"], "use on one"),
]


def test_typing_on_after_a_mark_loses_nothing(write: Callable[..., Page]) -> None:
    tab = write()
    for begun, keys, made in TYPED_ON:
        begin(tab, begun)
        for key in keys:
            tab.keyboard.press(key)
        tab.keyboard.type(" on")
        expect(editor(tab), f"{keys} in {begun!r}").to_have_value(made)


def test_an_address_pasted_over_words_makes_them_a_link(write: Callable[..., Page]) -> None:
    tab = write("see this")
    for address, made in (
        ("https://example.org/a", "see [this](https://example.org/a)"),
        (tab.evaluate("location.origin") + "/wiki/a/b", "see [[a/b|this]]"),
    ):
        editor(tab).press("Control+Shift+ArrowLeft")
        tab.evaluate(
            """text => {
              const data = new DataTransfer();
              data.setData("text/plain", text);
              const paste = {clipboardData: data, bubbles: true, cancelable: true};
              document.activeElement.dispatchEvent(new ClipboardEvent("paste", paste));
            }""",
            address,
        )
        expect(editor(tab)).to_have_value(made)
        tab.keyboard.press("Control+z")
        editor(tab).press("Control+End")


def test_a_link_is_completed_by_the_keyboard(
    write: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("selam", title="ሰላም ለሁሉም", text="## መግቢያ\n\nA.\n\n## Why so\n\nB.\n")
    live_server.make_page("sharp", title="C#", text="C.\n")
    tab = write()
    text, keys = editor(tab), tab.keyboard
    keys.type("See [[ሰላ")
    option = tab.get_by_role("option", name="ሰላም ለሁሉም")
    expect(option).to_have_attribute("aria-selected", "true")
    assert text.get_attribute("aria-activedescendant") == option.get_attribute("id")
    keys.press("Enter")
    expect(text).to_have_value("See [[ሰላም ለሁሉም]]")
    expect(option).to_have_count(0)
    keys.type(" and [[selam#")
    options = tab.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(2)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(text).to_have_value("See [[ሰላም ለሁሉም]] and [[selam#Why so]]")
    keys.type(" or [[c#")
    expect(tab.get_by_role("option", name="C#")).to_be_visible()
    keys.press("Escape")
    expect(options).to_have_count(0)
    expect(text).to_be_focused()
    keys.press("Enter")  # no suggestions any more: a new line
    expect(text).to_have_value("See [[ሰላም ለሁሉም]] and [[selam#Why so]] or [[c#\n")


def test_what_is_offered_shows_its_title_rather_than_its_path(
    write: Callable[..., Page], live_server: LiveServer
) -> None:
    path = "technologies/databases/migrations/squashing-what-was-applied"
    live_server.make_page(path, title="Squashing migrations that were applied", text="A.\n")
    tab = write(width=360, height=740)
    tab.keyboard.type("See [[squash")
    option = tab.get_by_role("option", name="Squashing")
    wide = option.bounding_box()
    title = option.get_by_text("Squashing migrations that were applied").bounding_box()
    assert wide is not None
    assert title is not None
    assert title["width"] > 0.8 * wide["width"]
    assert tab.evaluate("document.documentElement.scrollWidth") == 360
    expect(option.get_by_text(path)).to_have_css("text-overflow", "ellipsis")


def test_what_becomes_a_challenge_becomes_open(write: Callable[..., Page]) -> None:
    tab = write("It breaks.\n")
    expect(tab.get_by_label("Status")).to_be_hidden()
    tab.get_by_label("Kind").select_option("challenge")
    expect(tab.get_by_label("Status")).to_have_value("open")


def test_fields_that_cannot_be_fetched_are_reported_once(write: Callable[..., Page]) -> None:
    tab = write(expected=("Failed to load resource",))
    tab.route("**/new*", lambda route: route.abort())
    for kind in ("challenge", "guide", "concept"):
        with tab.expect_event("requestfailed"):
            tab.get_by_label("Kind", exact=True).select_option(kind)
    expect(tab.locator("[data-kind-fields] [role=alert]")).to_have_count(1)


def test_text_and_preview_scroll_together(write: Callable[..., Page]) -> None:
    tab = write(LONG)
    heading = tab.locator("[data-preview] #part-5")
    expect(heading).to_be_attached()
    editor(tab).evaluate("field => { field.scrollTop = 0; }")
    expect(heading).not_to_be_in_viewport()
    place = LONG.index("## Part 5")
    # The caret's line comes into view as it is typed in: the preview follows.
    editor(tab).evaluate(
        "(field, at) => { field.focus(); field.setSelectionRange(at, at); }", place
    )
    tab.keyboard.type("\n")
    expect(heading).to_be_in_viewport()
    # And the other way: the preview's end is the text's end.
    pane = tab.locator("[data-preview] [data-text]")
    pane.evaluate("pane => { pane.scrollTop = pane.scrollHeight; }")
    tab.wait_for_function(
        "field => field.scrollHeight - field.clientHeight - field.scrollTop < 2",
        arg=editor(tab).element_handle(),
    )


def test_on_a_phone_one_is_shown_in_the_place_of_the_other(write: Callable[..., Page]) -> None:
    tab = write("Some **bold** words.\n", width=360, height=740)
    tab.get_by_role("button", name="Preview").click()
    preview = tab.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("bold")
    expect(editor(tab)).to_be_hidden()
    tab.get_by_role("button", name="Changes").click()
    expect(tab.get_by_role("region", name="Your changes")).to_contain_text("Some **bold** words.")
    expect(preview).to_be_hidden()
    tab.get_by_role("button", name="Write").click()
    expect(editor(tab)).to_have_value("Some **bold** words.\n")


def test_leaving_asks_only_while_something_is_not_kept(
    write: Callable[..., Page], live_server: LiveServer
) -> None:
    asked: list[str] = []
    tab = write()
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    tab.goto("/pages")
    tab.goto("/new?title=Asked")
    editor(tab).press_sequentially("Not kept.")
    tab.goto("/pages")
    assert asked == ["beforeunload"]
    tab.goto("/new?title=Asked")
    editor(tab).press_sequentially("Kept.")
    expect(tab.locator("[data-keep-status]")).to_contain_text("Draft saved at")
    tab.goto("/pages")
    tab.goto("/new")
    assert asked == ["beforeunload"]
    tab.get_by_role("link", name="Continue editing").first.click()
    expect(editor(tab)).to_have_value("Kept.")
    press(tab, "Save")
    expect(tab.get_by_role("status")).to_contain_text("Saved as revision 1.")
    assert asked == ["beforeunload"]


def test_a_pasted_picture_is_linked_and_a_refused_file_costs_no_text(
    visit: Callable[..., Page],
) -> None:
    tab = visit("selam", expected=("status of 415",))
    tab.goto("/new")
    text = editor(tab)
    text.fill("Look: ")
    for name, content in (("shot.png", PICTURE), ("tool.exe", "TVqQAAM=")):
        tab.evaluate(
            """([name, content]) => {
              const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
              const data = new DataTransfer();
              data.items.add(new File([bytes], name));
              const paste = {clipboardData: data, bubbles: true, cancelable: true};
              document.querySelector("#nx-text").dispatchEvent(new ClipboardEvent("paste", paste));
            }""",
            [name, content],
        )
        tab.keyboard.type("!")  # writing continues meanwhile
    expect(tab.get_by_role("alert").filter(has_text="tool.exe")).to_be_visible()
    expect(text).to_have_value(re.compile(r"^Look: !\[]\(/files/\d+/shot\.png\)! ?!$"))
    expect(tab.locator("[data-preview] img")).to_be_visible()


def test_the_help_shows_the_keys(write: Callable[..., Page]) -> None:
    tab = write()
    tab.keyboard.press("Control+/")
    help_ = tab.get_by_role("dialog", name="Shortcuts and Markdown")
    expect(help_).to_contain_text("Numbered list")
    tab.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    expect(editor(tab)).to_be_focused()
