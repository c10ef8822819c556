from pathlib import Path

import pytest

from tests.search.shelf import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty index to put documents in: `library.add("Redis", "A cache.")`."""
    return Library(tmp_path / "search")
