"""The right page is first, or nearly.

`make golden` sets NEXUS_TEST_GOLDEN: then everything is asked, over all pages. Otherwise it is a
sixth of the queries, over the pages that answer them and some others.
"""

import os

import pytest

from tests.search.golden import (
    Wanted,
    by_kind,
    golden_library,
    paths_found,
    read_golden,
    recall,
    sample,
)
from tests.shared import shared_path

GOLDEN = read_golden()
ALL = bool(os.environ.get("NEXUS_TEST_GOLDEN"))
WANTED = GOLDEN if ALL else sample(GOLDEN)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Of each query, the paths that it finds."""
    corpus = shared_path("corpus/pages.jsonl.gz")
    library = golden_library(tmp_path_factory.mktemp("golden"), corpus, WANTED)
    return {one.query: paths_found(library, one.query) for one in WANTED}


def of(*kinds: str) -> list[Wanted]:
    return [one for one in WANTED if not kinds or one.kind in kinds]


def test_the_set_is_large_and_wide() -> None:
    kinds = by_kind(GOLDEN)
    assert sum(map(len, kinds.values())) >= 350
    assert len(kinds) == 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kinds", "depth", "of_all", "of_sample"),
    [((), 3, 0.95, 0.965), (("identifier",), 3, 0.98, 1.0), (("typo",), 5, 0.90, 0.96)],
)
def test_recall(
    found: dict[str, list[str]],
    kinds: tuple[str, ...],
    depth: int,
    of_all: float,
    of_sample: float,
) -> None:
    """Fewer pages are easier to tell apart: so of the sample more is asked."""
    share, missed = recall(found, of(*kinds), depth)
    assert share >= (of_all if ALL else of_sample), [(one.query, one.paths) for one in missed]
