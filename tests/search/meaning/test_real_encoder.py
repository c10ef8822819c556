"""The encoder that the extra brings, on our own pages."""

import pytest

from tests.optional_resources import is_absent
from tests.search.judged_queries import MEANINGS, judged_pages
from tests.search.meaning_shelf import EncodedLibrary
from wiki.search.document_source import DocumentSource
from wiki.search.meaning.meaning import Meaning
from wiki.search.meaning.supervision import is_installed
from wiki.search.meaning.vector_backfill import VectorBackfill

SAME = [
    ("my process vanished because it ate too much RAM", "platform/memory"),
    ("something eats holes into my lettuce at night", "garden/slugs"),
    ("turn kitchen scraps into fertiliser", "garden/compost"),
    ("flat tyre on the road", "bike/puncture"),
    ("my espresso is bitter", "kitchen/coffee"),
]


@pytest.mark.slow
def test_what_shares_no_word_is_found(encoded: EncodedLibrary) -> None:
    """Of every tenth page, and of those that are asked for: each takes a tenth of a second."""
    if not is_installed():
        is_absent("the extra `meaning` isn't installed")
    from wiki.search.meaning.encoder import Encoder

    wanted = {path for _, path in SAME}
    pages = [page for page in judged_pages() if page.path in wanted or page.page_id % 10 == 0]
    encoded.add_all(*pages)
    encoder = Encoder()
    encoded.search.meaning = meaning = Meaning(encoded.root)
    meaning.encoder.vector = encoder.encode  # type: ignore[method-assign,assignment]
    source = DocumentSource(encoded.load, encoded.states)
    while VectorBackfill(encoded.root, source, encoder.encode).fill(encoded.snapshot()):
        pass
    for query, path in SAME:
        hits = encoded.results(query).hits
        assert path in [encoded.documents[hit.page_id].path for hit in hits[:3]], query


def test_every_query_by_meaning_asks_for_pages_that_exist() -> None:
    paths = {page.path for page in judged_pages()}
    lines = MEANINGS["own"].read_text(encoding="utf-8").splitlines()
    asked = [line.split("\t") for line in lines]
    assert len(asked) >= 40
    assert all(set(wanted.split("|")) <= paths for _, wanted in asked)
