"""Administrators are told of texts that the two sanitizers read differently."""

from typing import Any

import pytest

from tests.person import Person
from wiki.markup import pipeline
from wiki.markup.workers import bounded_render
from wiki.markup.workers.render_cache import RenderCache


def test_they_are_counted_and_named(
    client_of: Any, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin: Person = client_of("ada", role="admin")
    make_page("fine")
    assert "Texts to look at" not in admin.get("/admin/").text
    monkeypatch.setattr(pipeline, "sanitize", lambda *_: ("<p onclick='x'>a</p>", []))
    monkeypatch.setattr(bounded_render, "_cache", RenderCache())
    make_page("odd", title="An odd one")
    page = admin.get("/admin/").text
    assert "Texts to look at</dt><dd>1</dd>" in page
    assert 'href="/wiki/odd"' in page
    assert "onclick" not in admin.get("/wiki/odd").text
