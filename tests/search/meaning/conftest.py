from pathlib import Path

import pytest

from tests.search.meaning_shelf import EncodedLibrary


@pytest.fixture
def encoded(tmp_path: Path) -> EncodedLibrary:
    """A library that is searched by meaning, once it is filled."""
    return EncodedLibrary(tmp_path / "search")
