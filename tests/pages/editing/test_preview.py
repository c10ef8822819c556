"""The preview is the page."""

import re
from typing import Any

from tests.pages.visible_text import main, raw
from tests.person import Person
from wiki.config import PAGE_TEXT_LIMIT

TEXT = """\
# Caching

A [[Redis]] and a [[Nothing yet]], [below](below).

> [!NOTE]
> Said.

```python
print(1)
```

<script>alert(1)</script>
"""


def _token(person: Person) -> str:
    return str(person.open_form("/new").values["csrf_token"])


def _text_of(page: str) -> str:
    text = page.partition("data-text")[2].partition(">")[2]
    return text.partition("</article>")[0].rpartition("</div>")[0]


def test_it_works(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis")
    make_page("concepts/caching", text=TEXT)
    shown = selam.post(
        "/preview",
        data={"text": TEXT, "path": "concepts/caching", "csrf_token": _token(selam)},
    )
    assert shown.status_code == 200
    assert 'id="caching" data-source-line="0"' in shown.text
    alike = re.sub(r' data-source-line="\d+"', "", shown.text)
    assert alike.strip() == _text_of(client.get("/wiki/concepts/caching").text).strip()
    assert "<script>" not in shown.text


def test_the_editors_own_preview_keeps_everything_and_stores_nothing(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis", text="Before.\n")
    answer = selam.post_form(
        "/edit/redis", text="*After*.\n", summary="Why", minor=True, action="preview"
    )
    assert answer.status_code == 200
    assert "<em>After</em>" in answer.text
    form = selam.form_in(answer, "/edit/redis")
    assert form.values["text"] == "*After*.\n"
    assert form.values["summary"] == "Why"
    assert form.values["minor"] == "y"
    assert raw(client, "redis") == "Before.\n"
    assert form.submit().status_code == 303
    assert raw(client, "redis") == "*After*.\n"


def test_a_new_page_can_be_previewed(client: Person, selam: Person) -> None:
    answer = selam.post_form("/new", title="Redis", path="a/b", text="*Now*.\n", action="preview")
    assert "<em>Now</em>" in answer.text
    assert selam.form_in(answer, "/new").values["path"] == "a/b"
    assert client.get("/wiki/a/b").status_code == 404


def test_links_of_a_new_pages_preview_start_from_its_path(selam: Person, make_page: Any) -> None:
    make_page("a/other")
    answer = selam.post_form(
        "/new", title="Redis", path="a/b", text="[x](other)\n", action="preview"
    )
    assert 'href="/wiki/a/other"' in answer.text


def test_no_text_is_an_empty_preview(selam: Person) -> None:
    answer = selam.post("/preview", data={"csrf_token": _token(selam)})
    assert answer.status_code == 200
    assert not answer.text.strip()


def test_any_path_will_do(selam: Person) -> None:
    for path in ["", "..", "\x00", "a" * 1000, "%", "/"]:
        data = {"text": "[x](y)\n", "path": path, "csrf_token": _token(selam)}
        assert selam.post("/preview", data=data).status_code == 200, path


def test_a_text_over_the_limit_is_reported(selam: Person) -> None:
    data = {"text": "x" * (PAGE_TEXT_LIMIT + 1), "csrf_token": _token(selam)}
    answer = selam.post("/preview", data=data)
    assert answer.status_code == 422
    assert "2,000 kB" in answer.text


def test_the_editor_tells_it_too(selam: Person, make_page: Any) -> None:
    make_page("redis")
    text = "word " * (PAGE_TEXT_LIMIT // 5) + "and\n"
    answer = selam.post_form("/edit/redis", text=text, action="preview")
    assert answer.status_code == 422
    assert selam.form_in(answer, "/edit/redis").values["text"] == text


def test_who_may(client: Person, reader: Person) -> None:
    token = reader.open_form("/account/settings").values["csrf_token"]
    # Whoever may not edit proposes.
    assert reader.post("/preview", data={"text": "x", "csrf_token": token}).status_code == 200
    token = client.open_form("/account/login").values["csrf_token"]
    assert client.post("/preview", data={"text": "x", "csrf_token": token}).status_code == 401


def test_without_a_token_nothing_is_rendered(selam: Person) -> None:
    answer = selam.post("/preview", data={"text": "*x*"})
    assert answer.status_code == 400
    assert "<em>" not in main(answer)
