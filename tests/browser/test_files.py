"""Files in Chromium: sent by the editor and by a form, in the size of the screen, harmless."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, Route, expect

from tests import factories
from tests.browser.steps import editor, press
from tests.files.upload_forms import ask, picture
from tests.live_server import LiveServer
from tests.person import Person

pytestmark = pytest.mark.browser


def chosen(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": content}


def test_a_picture_goes_from_the_editor_into_the_page(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("plans", text="Before.\n")
    tab = visit("selam", width=360, expected=("415",))
    tab.goto("/edit/plans")
    expect(tab.locator("[data-toolbar]")).to_be_visible()
    files = [chosen("one.png", picture(size=(1400, 700))), chosen("page.png", b"<script>")]
    files.append(chosen("two\rlines].txt", b"A text."))
    tab.locator("[data-upload-choose]").set_input_files(files)
    expect(editor(tab)).to_have_value(re.compile(r"lines-\.txt\)"))
    expect(editor(tab)).not_to_have_value(re.compile(r"\]\(sending:"))
    expect(editor(tab)).to_have_value(re.compile(r"!\[\]\(/files/\d+/one\.png\)"))
    expect(tab.get_by_role("alert").filter(has_text="page.png")).to_be_visible()
    assert "Before." in editor(tab).input_value()
    press(tab, "Save")
    image = tab.locator("[data-text] img")
    expect(image).to_have_attribute("width", "1400")
    image.scroll_into_view_if_needed()
    image.evaluate("image => image.decode()")
    # A telephone loads a small one.
    assert re.search("width=(320|640)", image.evaluate("image => image.currentSrc"))
    assert tab.evaluate("document.scrollingElement.scrollWidth") <= 360


def test_who_describes_a_picture_goes_on_typing_when_it_has_arrived(
    visit: Callable[..., Page],
) -> None:
    tab = visit("selam")
    tab.goto("/new")
    held: list[Route] = []
    tab.route("**/files/upload", lambda route: held.append(route))  # noqa: PLW0108
    with tab.expect_request("**/files/upload"):
        tab.locator("[data-upload-choose]").set_input_files(chosen("one.png", picture()))
    question = tab.locator("[data-describe] input")
    question.press_sequentially("Two ")
    held[0].continue_()
    expect(editor(tab)).to_have_value(re.compile(r"!\[\]\(/files/\d+/one\.png\)"))
    expect(question).to_be_focused()
    tab.keyboard.type("racks")
    tab.keyboard.press("Enter")
    expect(editor(tab)).to_have_value(re.compile(r"!\[Two racks\]"))


def test_the_form_makes_pictures_smaller_as_the_editor_does(visit: Callable[..., Page]) -> None:
    shot = io.BytesIO()
    Image.effect_noise((300, 300), 90).resize((900, 900)).save(shot, "PNG")
    tab = visit("selam")
    tab.goto("/files/upload")
    tab.get_by_label("Files", exact=True).set_input_files([chosen("shot.png", shot.getvalue())])
    press(tab, "Upload")
    expect(tab.get_by_role("link", name="shot.webp")).to_be_visible()


def test_files_are_sent_without_a_script(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    live_server.make_page("papers", title="Papers", text="Text.\n")
    tab = visit("selam", java_script_enabled=False)
    tab.goto("/files/upload?page=papers")
    tab.get_by_label("Files", exact=True).set_input_files(
        [chosen("a.png", picture()), chosen("b.png", picture(size=(50, 20)))]
    )
    press(tab, "Upload")
    expect(tab.get_by_role("status")).to_contain_text("a.png, b.png")
    expect(tab.get_by_role("heading", level=1)).to_contain_text("2")
    tab.get_by_role("main").get_by_role("link", name="a.png").click()
    expect(tab.get_by_label("Markdown")).to_have_value(re.compile(r"^!\[a\]"))


DROP = """
names => {
  const data = new DataTransfer();
  for (const name of names) data.items.add(new File(["A text."], name, { type: "text/plain" }));
  document.querySelector("main").dispatchEvent(
    new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}
"""


def test_the_library_takes_several_at_once_with_a_script(
    visit: Callable[..., Page], live_server: LiveServer
) -> None:
    tab = visit("selam", width=360, expected=("415",))
    tab.goto("/files/upload")
    expect(tab.get_by_text("drop files on this page")).to_be_visible()
    way_out = tab.locator("form").get_by_role("link", name="Go to the library")
    expect(way_out).to_have_count(0)
    files = [chosen("red.png", picture()), chosen("page.png", b"<script>")]
    tab.get_by_label("Files", exact=True).set_input_files(files)
    press(tab, "Upload")
    rows = tab.locator("[data-uploads] li")
    expect(rows.get_by_role("link", name="red.png")).to_be_visible()
    expect(tab.get_by_role("alert").filter(has_text="page.png")).to_be_visible()
    tab.evaluate(DROP, ["one.txt", "two.txt"])
    expect(rows.get_by_role("link", name="two.txt")).to_be_visible()
    expect(way_out).to_be_visible()
    assert tab.evaluate("document.scrollingElement.scrollWidth") <= 360
    rows.get_by_role("link", name="one.txt").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("one.txt")


@pytest.mark.parametrize("place", ["main", "#nx-text"])
def test_what_is_on_its_way_can_be_stopped(visit: Callable[..., Page], place: str) -> None:
    tab = visit("selam")
    tab.goto("/files/upload" if place == "main" else "/new")
    held: list[Route] = []
    tab.route("**/files/upload", lambda route: held.append(route))  # noqa: PLW0108
    expect(tab.locator("[data-uploads]")).to_be_attached()
    written = editor(tab).input_value() if place != "main" else ""
    tab.evaluate(DROP.replace("main", place), ["first.txt", "second.txt"])
    # The second one waits for its turn, the first one for an answer.
    for name in ("second.txt", "first.txt"):
        tab.get_by_role("button", name=f"Cancel: {name}").click()
        expect(tab.get_by_role("button", name=f"Cancel: {name}")).to_have_count(0)
    expect(tab.locator("[data-uploads]")).to_be_hidden()
    assert len(held) == 1
    if place != "main":
        assert editor(tab).input_value().strip() == written.strip()
    tab.unroute_all(behavior="ignoreErrors")


EVIL = {
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1">'
    "<script>document.title = 'ran'; parent.ran = opener.ran = true</script></svg>",
    "html": "<!doctype html><script>document.title = 'ran'; fetch('/ran')</script>",
}


@pytest.mark.parametrize("ending", EVIL)
def test_nothing_runs_even_if_it_came_into_the_store(
    visit: Callable[..., Page], live_server: LiveServer, ending: str
) -> None:
    """The policy alone, without the defences in front of it."""
    live_server.app.test_client_class = Person
    selam = factories.client_of(live_server.app, live_server.make_user("selam"))
    plain = '<svg xmlns="http://www.w3.org/2000/svg">' + "<rect/>" * 40 + "</svg>"
    file = ask(selam, (f"evil.{ending}", plain.encode())).json["files"][0]
    store = Path(live_server.app.instance_path) / "files"
    content = max(store.glob("??/*"), key=lambda path: path.stat().st_mtime)
    evil = EVIL[ending].encode()
    content.write_bytes(evil + b" " * (content.stat().st_size - len(evil)))
    asked: list[str] = []
    tab = visit(expected=("Content Security Policy", "sandbox", "Blocked script"))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto("/")
    tab.evaluate(
        "url => document.body.append(Object.assign(new Image(), { src: url }))", file["url"]
    )
    if ending == "svg":
        tab.goto(file["url"])
        assert tab.title() != "ran"
    else:
        with tab.expect_download():
            tab.evaluate("url => { location = url }", file["url"])
    assert not [url for url in asked if url.endswith("/ran")]
