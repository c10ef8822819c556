"""Whatever is typed into the fields of a kind comes back: from a revision, an export, an import."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from wiki.database import db
from wiki.hub.markdown_file import read_markdown_page, write_markdown_page
from wiki.kinds.builtin import BUILTIN_KINDS
from wiki.pages.editing.forms import EditForm
from wiki.pages.editing.kind_fields import PREFIX, FieldsRefused, known_fields
from wiki.pages.writing.content import Content, clean_content
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import create_page

PIECES = (
    *("Django 5.2", "3.12", ", ", "\n", "\r\n", "\r", "\\n", "null", "~", "yes", "- a", "# b"),
    *("https://e.org/?a=1&b=%20", "2026-11-30", "design", "front end", "---", "'", '"', "{", "[["),
    *(": ", "\u200c", "\u2028", "\x85", "\ufeff", "\x00", "ሰላም", "سلام", "é"),
    "\U0001f469\u200d\U0001f4bb",
)
WORDS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=5).map("".join)
TYPED = st.fixed_dictionaries(
    {}, optional={name: st.lists(WORDS, max_size=2) for name in (*known_fields(), "status")}
)


def send(kind: str, typed: dict[str, list[str]], before: Content | None = None) -> Content:
    """The content that the editor's form would save. Raises `FieldsRefused`."""
    sent = MultiDict[str, Any]({"title": "Round", "text": "Words.\n", "kind": kind})
    for name, values in typed.items():
        sent.setlist(f"{PREFIX}{name}", values)
    return clean_content(EditForm(sent, meta={"csrf": False}).edit(before).content)


def shown(content: Content) -> dict[str, list[str]]:
    """What the form shows of it."""
    form = EditForm(formdata=None, meta={"csrf": False})
    form.show_content(content, 1)
    return form.typed


@pytest.mark.parametrize("kind", BUILTIN_KINDS)
def test_what_is_typed_survives_all_ways(app: Flask, kind: str) -> None:
    taken = []

    @settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
    @given(TYPED)
    def survives(typed: dict[str, list[str]]) -> None:
        try:
            content = send(kind, typed)
        except FieldsRefused:
            return
        taken.append(content)
        saved = create_page(content, by=None, path=f"{kind}/{len(taken)}")
        stored = load_content(db.session(), saved.page_id, 1)
        assert stored == content
        imported = clean_content(
            read_markdown_page("a.md", write_markdown_page("a", stored, "a.md")).content()
        )
        assert imported == stored
        assert shown(imported) == shown(content)
        assert send(kind, shown(imported), imported).fields == content.fields

    with app.test_request_context("/"):
        survives()
    assert len(taken) > 2  # some are taken; how many depends on what Hypothesis draws
