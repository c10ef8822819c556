"""Workers ask the encoder, and never wait for it long."""

import threading
from pathlib import Path

import numpy as np
import pytest

from tests.search.meaning_shelf import FakeEncoder
from wiki.search.meaning import encoder_client
from wiki.search.meaning.encoder_client import MAX_TEXT_BYTES, SOCKET, EncoderClient
from wiki.search.meaning.encoder_server import serve_vectors
from wiki.search.meaning.vectors import Vector


@pytest.fixture(params=["here", "x" * 120])
def root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder, also one whose path is longer than the address of a socket may be."""
    root = tmp_path / request.param
    root.mkdir()
    return root


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_client, "ENCODER_TIMEOUT", 30.0)  # on a busy machine


def test_a_text_comes_back_as_its_vector(root: Path) -> None:
    encoder = FakeEncoder()
    serve_vectors(root, encoder.encode)
    asker = EncoderClient(root)
    for text in ("a flat tyre", "ጎማ", "", "word " * MAX_TEXT_BYTES):
        vector = asker.vector(text)
        expected = encoder.encode(text.encode()[:MAX_TEXT_BYTES].decode(errors="replace"))
        assert vector is not None, text
        np.testing.assert_array_equal(vector, expected)
    assert (root / SOCKET).stat().st_mode & 0o777 == 0o600


def test_what_was_asked_is_remembered(root: Path) -> None:
    encoder = FakeEncoder()
    serve_vectors(root, encoder.encode)
    assert EncoderClient(root).vector("tyre") is not None
    assert EncoderClient(root).vector("tyre") is not None
    assert encoder.encoded == ["tyre"]


def test_an_encoder_takes_the_place_of_one_that_was_killed(root: Path) -> None:
    serve_vectors(root, FakeEncoder().encode)
    encoder = FakeEncoder()
    serve_vectors(root, encoder.encode)
    assert EncoderClient(root).vector("tyre") is not None
    assert encoder.encoded == ["tyre"]


def test_without_an_encoder_there_is_no_vector(root: Path) -> None:
    assert EncoderClient(root).vector("tyre") is None


def test_nobody_waits_for_one_that_is_late(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_client, "ENCODER_TIMEOUT", 0.01)
    asked, ended = [], threading.Event()

    def encode(text: str) -> Vector:
        asked.append(text)
        ended.wait(60)
        return FakeEncoder().encode(text)

    serve_vectors(root, encode)
    asker = EncoderClient(root)
    assert asker.vector("tyre") is None
    monkeypatch.setattr(encoder_client, "ENCODER_TIMEOUT", 30.0)
    # Others would wait in vain as well: they don't even ask.
    assert asker.vector("tube") is None
    ended.set()
    assert "tube" not in asked


def test_an_encoder_that_fails_goes_on(root: Path) -> None:
    def encode(text: str) -> Vector:
        if text == "bad":
            raise ValueError(text)
        return FakeEncoder().encode(text)

    serve_vectors(root, encode)
    asker = EncoderClient(root)
    assert asker.vector("bad") is None
    assert asker.vector("tyre") is not None
