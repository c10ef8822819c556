"""Pictures that were pasted into a text itself become files at the save."""

import base64
import io
import re
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from tests.files.upload_forms import picture
from tests.person import Person
from tests.processor_time import bounded

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


def uri(content: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def drawn(form: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (12, 9), "red").save(target, form)
    return target.getvalue()


RED, OTHER = uri(picture()), uri(picture(size=(30, 20)))


@pytest.fixture
def selam(client_of: Any, make_page: Any) -> Person:
    make_page("plans", text="## One\n\nBefore.\n\n## Two\n\nAfter.\n")
    person: Person = client_of("selam")
    return person


def saved(person: Person, text: str) -> str:
    assert person.post_form("/edit/plans", text=text).status_code == 303
    return person.get("/raw/plans").text


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (f"![A plan]({RED})\n", r"!\[A plan]\(/files/\d+/picture\.png\)\n"),
        (
            f'a ![A plan](<{RED}> "Title") b\n',
            r'a !\[A plan]\(/files/\d+/picture\.png "Title"\) b\n',
        ),
        (f"![A][one]\n\n[one]: {RED}\n", r"!\[A]\[one]\n\n\[one]: /files/\d+/picture\.png\n"),
        (f"![A][one]\n\n[one]: <{RED}>\n", r"!\[A]\[one]\n\n\[one]: /files/\d+/picture\.png\n"),
        (f"| a |\n|---|\n| ![A]({RED}) |\n", r".*\| !\[A]\(/files/\d+/picture\.png\) \|\n"),
        (f'<img alt="A" src="{RED}">\n', r'<img alt="A" src="/files/\d+/picture\.png">\n'),
        (f"b <img src='{RED}'> c\n", r"b <img src='/files/\d+/picture\.png'> c\n"),
        (f"- ![A]({RED.replace('data:', 'DATA:')})\n", r"- !\[A]\(/files/\d+/picture\.png\)\n"),
        (f"[A file]({RED})\n", r"\[A file]\(/files/\d+/picture\.png\)\n"),
    ],
)
def test_it_is_a_file_wherever_it_stands(selam: Person, text: str, made: str) -> None:
    assert re.fullmatch(made, saved(selam, text), re.DOTALL)
    (address,) = set(re.findall(r"/files/\d+/picture\.png", selam.get("/raw/plans").text))
    assert f'src="{address}' in selam.get("/wiki/plans").text or "[A file]" in text
    with selam.get(address) as answer:
        assert answer.mimetype == "image/png"
    assert "plans" in selam.get(address.rpartition("/")[0]).text


@pytest.mark.parametrize(
    ("address", "name", "media_type"),
    [
        (uri(drawn("JPEG"), "image/jpeg"), "picture.jpg", "image/jpeg"),
        (uri(drawn("GIF"), "image/gif"), "picture.gif", "image/gif"),
        (uri(drawn("WEBP"), "image/webp"), "picture.webp", "image/webp"),
        (uri(SVG.encode(), "image/svg+xml"), "picture.svg", "image/svg+xml"),
        (f"data:image/svg+xml,{quote(SVG)}", "picture.svg", "image/svg+xml"),
        (f"data:image/svg+xml;charset=utf-8,{quote(SVG)}", "picture.svg", "image/svg+xml"),
        (RED.rstrip("="), "picture.png", "image/png"),
    ],
)
def test_each_kind_of_picture(selam: Person, address: str, name: str, media_type: str) -> None:
    made = re.fullmatch(r"!\[a]\((/files/\d+/(.+))\)", saved(selam, f"![a]({address})"))
    assert made is not None
    assert made[2] == name
    with selam.get(made[1]) as answer:
        assert answer.mimetype == media_type


def test_one_that_stands_twice_is_one_file(selam: Person) -> None:
    text = saved(selam, f"![a]({RED}) ![b]({OTHER}) ![c]({RED})")
    first, second, third = re.findall(r"\((.*?)\)", text)
    assert first == third != second
    assert second.endswith("/picture-2.png")


@pytest.mark.parametrize(
    "text",
    [
        f"![a]({uri(b'<html>')})",
        "![a](data:image/png;base64,%%%)",
        "![a](data:image/png,)",
        f"![a]({uri(b'GIF89a', 'image/x-unknown')})",
        f"![a]({uri(b'<svg><!ENTITY a></svg>', 'image/svg+xml')})",
    ],
)
def test_what_is_refused_stays_and_is_reported(selam: Person, text: str) -> None:
    answer = selam.post_form("/edit/plans", text=f"{text} ![b]({RED})\n")
    assert "A picture remains in the text" in selam.get(answer.location).text
    kept = selam.get("/raw/plans").text
    assert kept.startswith(f"{text} ![b](/files/")


@pytest.mark.parametrize(
    "text",
    [
        f"`![a]({RED})`\n",
        f"```\n![a]({RED})\n```\n",
        f"    ![a]({RED})\n",
        f"<!-- ![a]({RED[:500]}) -->\n",
        f"{RED}\n",
        f"![a]\\({RED})\n",
        "![a](data:text/html;base64,PGI+)\n",
    ],
)
def test_what_shows_nothing_is_left_alone(selam: Person, text: str) -> None:
    assert saved(selam, text) == text
    assert "picture.png" not in selam.get("/files/").text


def test_a_new_page_s_go_into_the_library(selam: Person) -> None:
    answer = selam.post_form("/new", title="With a picture", text=f"![a]({RED})\n")
    assert re.search(r'src="/files/\d+/picture\.png', selam.get(answer.location).text)
    assert "picture.png" in selam.get("/files/").text


def test_a_section_s_and_a_conflict_s(selam: Person, client_of: Any) -> None:
    url = "/edit/plans?section=two"
    assert selam.post_form(url, text=f"## Two\n\n![a]({RED})\n").status_code == 303
    assert "data:" not in selam.get("/raw/plans").text
    form = selam.open_form("/edit/plans")
    client_of("dawit").post_form("/edit/plans", text="## One\n\nTheirs.\n")
    answer = form.submit(text=f"## One\n\n![b]({OTHER})\n")
    assert answer.status_code == 409
    assert "data:image" not in answer.text
    own = {"choice-0": "own", "own-0": f"![c]({uri(drawn('PNG'))})"}
    form = selam.form_in(answer, "/edit/plans")
    choices = {name: "mine" for name in form.boxes if name.startswith("choice-")}
    assert form.submit(action="resolve", **{**choices, **own}).status_code == 303
    assert re.search(r"!\[c]\(/files/\d+/picture-3\.png\)", selam.get("/raw/plans").text)


def test_what_is_refused_otherwise_costs_no_second_file(selam: Person) -> None:
    form = selam.open_form("/edit/plans")
    answer = form.submit(text=f"![a]({RED})\n", title="")
    assert answer.status_code == 422
    again = selam.form_in(answer, "/edit/plans")
    assert re.fullmatch(r"!\[a]\(/files/\d+/picture\.png\)\s*", again.values["text"])
    assert again.submit(title="Plans").status_code == 303
    assert "picture-2.png" not in selam.get("/files/").text


def test_they_are_bounded_in_number(selam: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wiki.pages.editing.data_uris.MAX_FILES", 3)
    many = [uri(picture(size=(20 + n, 20))) for n in range(5)]
    text = saved(selam, "\n\n".join(f"![{n}]({each})" for n, each in enumerate(many)))
    assert text.count("/files/") == 3
    assert text.count("data:image") == 2
    assert "At most 3 files at once" in selam.get("/wiki/plans").text


def test_a_text_that_takes_long_to_look_through_keeps_them(selam: Person) -> None:
    """Within the processor time of a save, whatever is sent."""
    picture_, quotes = f"![a]({RED + 'A' * 200})\n\n", ">" * 100 + "a\n"
    for text in (picture_ + quotes * 10_000, picture_ + "![a](" * 50_000, picture_ * 1_100):
        with bounded(4):
            answer = selam.post_form("/edit/plans", text=text)
        assert answer.status_code == 303
        assert "A picture remains in the text" in selam.get(answer.location).text
        assert selam.get("/raw/plans").text == text


@pytest.mark.settings(upload_quota=0)
def test_they_count_towards_the_quota(selam: Person) -> None:
    assert saved(selam, f"![a]({RED})\n") == f"![a]({RED})\n"
    assert "You have used 0 of your 0 MB, so it doesn’t fit." in selam.get("/wiki/plans").text


def test_who_may_only_read_stores_nothing(client_of: Any, make_page: Any) -> None:
    make_page("plans", text="Before.\n")
    reader = client_of("hana", role="reader")
    data = {"text": f"![a]({RED})", "base_revision": "1"}
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert reader.post("/edit/plans", data=data, headers=headers).status_code == 403
    assert "picture.png" not in client_of("dawit").get("/files/").text
