"""Uploading pictures in the editor: saving waits, alternative text is asked for, progress shown."""

import itertools
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.steps import editor, press
from tests.files.upload_forms import picture
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

# A picture being made smaller. Noise can't be compressed, like a photograph.
DRAWN = """
async ([type, width, height]) => {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d");
  const noise = pen.createImageData(width, height);
  for (let i = 0, state = 1; i < noise.data.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    noise.data[i] = i % 4 === 3 ? 255 : state >>> 24;
  }
  pen.putImageData(noise, 0, 0);
  const file = new File([await canvas.convertToBlob({ type, quality: 1 })], "shot.one", { type });
  const { smaller } = await import(document.querySelector("script[src*='/editor.js']").src
    .replace("editor/editor.js", "upload/image-resize.js"));
  const made = await smaller(file, 256);
  const drawn = await createImageBitmap(made);
  return [made === file, made.size < file.size, made.type, made.name, drawn.width, drawn.height];
}
"""


_numbers = itertools.count()


def chosen(name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": picture()}


@pytest.fixture
def held(live_server: LiveServer, visit: Callable[..., Page]) -> Iterator[tuple[Page, list[Route]]]:
    """An editor whose uploads wait for the test."""
    path = f"slow-{next(_numbers)}"
    live_server.make_page(path, text="Before.\n")
    tab = visit("selam", width=360, height=640, expected=("net::ERR", "status of 415"))
    routes: list[Route] = []
    tab.route("**/files/upload", lambda route: routes.append(route))  # noqa: PLW0108
    tab.goto(f"/edit/{path}")
    expect(tab.locator("[data-toolbar]")).to_be_visible()
    yield tab, routes
    tab.unroute_all(behavior="ignoreErrors")


def raw(server: LiveServer, tab: Page) -> str:
    """The saved text of the page that `tab` edits or shows."""
    return server.get(f"/raw/{tab.url.partition('?')[0].rpartition('/')[2]}")


def choose(tab: Page, *names: str) -> None:
    """Choose pictures, and wait until the first of them is being sent."""
    with tab.expect_request("**/files/upload"):
        tab.locator("[data-upload-choose]").set_input_files([chosen(name) for name in names])


def test_saving_waits_for_what_is_being_sent(
    held: tuple[Page, list[Route]], live_server: LiveServer
) -> None:
    tab, routes = held
    choose(tab, "one.png", "two.png")
    expect(editor(tab)).to_have_value(
        re.compile(r"!\[Uploading one\.png …]\(sending:[0-9a-f]{32}\)\s+!\[Uploading two\.png …]")
    )
    expect(tab.get_by_role("progressbar", name="Uploading one.png …")).to_be_in_viewport()
    editor(tab).press("Control+s")
    waiting = tab.get_by_role("alert").filter(
        has_text="Waiting for 2 files to upload before saving."
    )
    expect(waiting).to_be_in_viewport(ratio=1)
    editor(tab).press("Control+Enter")  # once more does no more
    with tab.expect_request("**/files/upload"):
        routes[0].continue_()
    expect(tab.get_by_role("alert").filter(has_text="Waiting for a file to upload")).to_be_visible()
    assert raw(live_server, tab).strip() == "Before."
    routes[1].continue_()
    expect(tab.get_by_role("status").filter(has_text="Saved as revision 2.")).to_be_visible()
    saved = raw(live_server, tab)
    assert len(re.findall(r"!\[]\(/files/\d+/(?:one|two)\.png\)", saved)) == 2
    assert "ending" not in saved


def test_who_won_t_wait_saves_without_it(
    held: tuple[Page, list[Route]], live_server: LiveServer
) -> None:
    tab, _routes = held
    choose(tab, "one.png")
    press(tab, "Save")
    press(tab, "Keep writing")
    expect(tab.get_by_role("button", name="Save without waiting")).to_be_hidden()
    editor(tab).press_sequentially(" And more.")
    press(tab, "Save")
    press(tab, "Save without waiting")
    expect(tab.get_by_role("status").filter(has_text="Saved as revision")).to_be_visible()
    assert "ending" not in raw(live_server, tab)
    assert "And more." in raw(live_server, tab)


def test_what_could_not_be_sent_is_reported_and_nothing_is_saved(
    held: tuple[Page, list[Route]], live_server: LiveServer
) -> None:
    tab, routes = held
    choose(tab, "one.png")
    press(tab, "Save")
    routes[0].abort()
    told = tab.get_by_role("alert").filter(has_text="Not saved yet: one.png could not be uploaded.")
    expect(told).to_be_visible()
    expect(tab.get_by_role("alert").filter(has_text="The upload failed.")).to_be_visible()
    expect(editor(tab)).not_to_have_value(re.compile("sending:"))
    expect(tab.get_by_role("textbox", name="Alternative text")).to_have_count(0)
    assert raw(live_server, tab).strip() == "Before."


def test_leaving_asks_while_something_is_being_sent(held: tuple[Page, list[Route]]) -> None:
    tab, _routes = held
    asked: list[str] = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    choose(tab, "one.png")
    tab.goto("/pages")
    assert asked == ["beforeunload"]


def test_what_a_picture_shows_is_asked_for_and_may_be_left(
    held: tuple[Page, list[Route]], live_server: LiveServer
) -> None:
    tab, routes = held
    tab.unroute_all()
    tab.locator("[data-upload-choose]").set_input_files([chosen("a.png"), chosen("b.png")])
    first = tab.get_by_role("textbox", name="Alternative text: what does a.png show?")
    second = tab.get_by_role("textbox", name="Alternative text: what does b.png show?")
    expect(editor(tab)).to_be_focused()  # writing isn't interrupted
    expect(editor(tab)).to_have_value(re.compile(r"!\[]\(/files/\d+/b\.png\)"))
    first.fill("A [red] square")
    first.press("Enter")
    expect(first).to_have_count(0)
    expect(editor(tab)).to_be_focused()
    expect(editor(tab)).to_have_value(re.compile(r"!\[A \\\[red\\] square]\(/files/\d+/a\.png\)"))
    expect(second).to_be_in_viewport()
    press(tab, "Skip")
    expect(second).to_have_count(0)
    expect(tab.locator("[data-uploads]")).to_be_hidden()
    tab.locator("[data-upload-choose]").set_input_files([chosen("c.png")])
    tab.get_by_role("textbox", name="c.png").fill("Not handed in")
    press(tab, "Save")  # no text is lost
    expect(tab.get_by_role("img", name="Not handed in")).to_be_attached()
    assert routes == []


def test_a_heading_after_a_picture_stays_one(held: tuple[Page, list[Route]]) -> None:
    tab, _routes = held
    editor(tab).fill("## One")
    editor(tab).press("Home")
    choose(tab, "one.png")
    expect(editor(tab)).to_have_value(re.compile(r"^!\[Uploading one\.png …]\(\S+\)\n\n## One$"))


# Type and size of a picture that is drawn, and what comes of it.
SHRUNK = [
    ("image/jpeg", (1200, 600), [False, True, "image/jpeg", "shot.one", 256, 128]),
    ("image/png", (600, 1200), [False, True, "image/webp", "shot.webp", 128, 256]),
    ("image/webp", (600, 600), [False, True, "image/webp", "shot.one", 256, 256]),
    ("image/png", (60, 90), [True, False, "image/png", "shot.one", 60, 90]),
]


def test_a_picture_is_made_smaller_where_that_helps(visit: Callable[..., Page]) -> None:
    tab = visit("selam")
    tab.goto("/new")
    for type_, size, made in SHRUNK:
        assert tab.evaluate(DRAWN, [type_, *size]) == made


def test_what_moves_or_can_t_be_drawn_is_sent_as_it_is(visit: Callable[..., Page]) -> None:
    tab = visit("selam")
    tab.goto("/new")
    script = """async (name) => {
      const type = {gif: "gif", svg: "svg+xml", png: "png", jpg: "jpeg"}[name.split(".")[1]];
      const head = name === "moving.png" ? `${".".repeat(90_000)}acTL` : "....";
      const file = new File([head, "x".repeat(300_000)], name, { type: `image/${type}` });
      const { smaller } = await import(document.querySelector("script[src*='/editor.js']").src
        .replace("editor/editor.js", "upload/image-resize.js"));
      return await smaller(file, 256) === file;
    }"""
    for name in ("a.gif", "a.svg", "moving.png", "damaged.jpg"):
        assert tab.evaluate(script, name), name


def test_ctrl_s_saves_wherever_the_focus_is(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    tab = visit("selam")
    for field in ("Title", "Tags", "Search"):
        tab.goto(f"/new?title=By the keys in {field}")
        expect(tab.locator("[data-toolbar]")).to_be_visible()
        editor(tab).fill("Some words.\n")
        tab.get_by_label(field, exact=True).first.press("ControlOrMeta+s")
        expect(tab.get_by_role("status").filter(has_text="Saved as revision 1.")).to_be_visible()


def test_ctrl_s_saves_nothing_while_something_else_has_the_keys(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("latch", title="Latch", text="A.\n")
    tab = visit("selam")
    tab.goto("/new?title=Not by the keys")
    editor(tab).fill("Words. [[latch")
    editor(tab).press("y")
    editor(tab).press("Backspace")
    expect(tab.get_by_role("option").first).to_be_visible()
    tab.keyboard.press("Control+s")
    tab.keyboard.press("Escape")
    tab.keyboard.press("Control+/")
    expect(tab.get_by_role("dialog")).to_be_visible()
    tab.keyboard.press("Control+s")
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("dialog")).to_be_hidden()
    assert tab.url.endswith("/new?title=Not%20by%20the%20keys")
    assert live_server.status("/wiki/not-by-the-keys") == 404
    save = tab.get_by_role("button", name="Save", exact=True)
    expect(save).to_have_attribute("title", "Save (Ctrl+S)")
    tab.keyboard.press("Control+s")
    expect(tab.get_by_role("status").filter(has_text="Saved as revision 1.")).to_be_visible()
