from pathlib import Path

import pytest

from tests.search.shelf import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty index to put documents in: `library.add("Redis", "A cache.")`."""
    return Library(tmp_path / "search")


@pytest.fixture(scope="module")
def module_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The same for all tests of a file, which only search it."""
    return Library(tmp_path_factory.mktemp("library") / "search")
