"""Somebody who may not edit proposes; somebody who may decides."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.person import Person

TEXT = "Redis keeps everything in memory.\n\nIt can write it to disk.\n\nIt has one thread.\n"


@pytest.fixture
def reader(client_of: Callable[..., Person]) -> Person:
    return client_of("selam", role="reader")


@pytest.fixture
def mentor(client_of: Callable[..., Person]) -> Person:
    return client_of("dawit", role="mentor")


def proposed(reader: Person, path: str, **fields: Any) -> str:
    """The address of the proposal."""
    answer = reader.post_form(f"/propose/{path}", **fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_a_reader_proposes_and_a_mentor_accepts(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    assert "Propose an edit" in reader.get("/wiki/redis").text
    address = proposed(
        reader,
        "redis",
        text=TEXT.replace("one thread", "one thread for commands"),
        summary="Be exact",
    )
    shown = reader.get(address).text
    assert "Be exact" in shown
    assert "for commands" in shown
    assert "Be exact" in mentor.get("/proposals").text
    answer = mentor.open_form(f"{address}/accept") if False else mentor.get(address)
    form = mentor.form_in(answer, f"{address}/accept", has="version")
    accepted = form.submit()
    assert accepted.headers["Location"] == "/wiki/redis", accepted.text
    assert "one thread for commands" in reader.get("/raw/redis").text
    history = reader.get("/history/redis").text
    assert "selam" in history
    assert "accepted by" in history
    assert "Accepted by" in reader.get(address).text
