"""The right page is first, or nearly."""

import pytest

from tests.search.golden import (
    Wanted,
    by_kind,
    golden_library,
    paths_found,
    read_golden,
    recall,
)
from tests.shared import shared_path


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Of each query, the paths that it finds."""
    corpus = shared_path("corpus/pages.jsonl.gz")
    library = golden_library(tmp_path_factory.mktemp("golden"), corpus)
    return {one.query: paths_found(library, one.query) for one in read_golden()}


def of(*kinds: str) -> list[Wanted]:
    return [one for one in read_golden() if not kinds or one.kind in kinds]


def test_the_set_is_large_and_wide() -> None:
    kinds = by_kind(read_golden())
    assert sum(map(len, kinds.values())) >= 350
    assert len(kinds) == 10


@pytest.mark.parametrize(
    ("kinds", "depth", "least"),
    [((), 3, 0.95), (("identifier",), 3, 0.98), (("typo",), 5, 0.90)],
)
def test_recall(
    found: dict[str, list[str]], kinds: tuple[str, ...], depth: int, least: float
) -> None:
    share, missed = recall(found, of(*kinds), depth)
    assert share >= least, [(one.query, one.paths) for one in missed]
