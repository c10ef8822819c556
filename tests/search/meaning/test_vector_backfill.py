"""The files of vectors follow the segments, and no old or hidden vector is matched."""

from pathlib import Path

import numpy as np

from tests.search.meaning_shelf import EncodedLibrary
from wiki.search.indexing.segment_jobs import MergeJob
from wiki.search.meaning.passages import MAX_PASSAGES, passages_of
from wiki.search.meaning.vectors import FOLDER


def files(library: EncodedLibrary) -> set[str]:
    return {path.name for path in (library.root / FOLDER).iterdir()}


def segments(library: EncodedLibrary) -> set[str]:
    return {arrays.path.name for arrays in library.snapshot().segments}


def deleted_files(library: EncodedLibrary) -> int:
    """How many files that are no more this process keeps open, and so on the disk."""
    folder = str(library.root / FOLDER)
    maps = Path("/proc/self/maps").read_text().splitlines()
    return sum(folder in line and "(deleted)" in line for line in maps)


def test_pages_are_found_by_what_they_mean_once_they_are_encoded(encoded: EncodedLibrary) -> None:
    mending = encoded.add("Mending a puncture", "a patch on the rubber")
    encoded.add("Roasting coffee", "heat until they crack")
    before = encoded.results("tyre")
    assert (before.total, before.near) == (0, 0)
    encoder = encoded.take_meanings()
    assert encoded.meaning.lag(encoded.snapshot()) == 2
    encoded.fill()
    assert encoded.meaning.lag(encoded.snapshot()) == 0
    found = encoded.results("tyre")
    assert [hit.page_id for hit in found.hits] == [mending]
    assert found.is_near
    assert found.near == 1
    assert found.is_miss
    # Of the pages each passage, and of the query its words.
    assert len(encoder.encoded) == 3


def test_a_page_that_waits_to_be_encoded_keeps_its_place(encoded: EncodedLibrary) -> None:
    encoded.take_meanings()
    older = [encoded.add(f"Riding, day {day}", "mending a puncture") for day in range(3)]
    encoded.fill()
    saved = encoded.add("Mending a puncture", "a puncture is mended with a patch")
    waiting = [hit.page_id for hit in encoded.results("mending puncture").hits]
    encoded.fill()
    found = [hit.page_id for hit in encoded.results("mending puncture").hits]
    assert waiting[0] == found[0] == saved
    assert set(waiting) == set(found) == {saved, *older}


def test_a_changed_page_is_encoded_anew_and_its_old_meaning_is_gone(
    encoded: EncodedLibrary,
) -> None:
    encoded.take_meanings()
    page = encoded.add("Hints", "a puncture and a patch")
    encoded.fill()
    assert encoded.results("tyre").total == 1
    encoded.add("Hints", "beans that are ground", page_id=page, revision_number=2)
    assert encoded.results("tyre").total == 0
    encoded.fill()
    assert encoded.results("tyre").total == 0
    assert encoded.results("espresso").total == 1
    assert files(encoded) == segments(encoded)
    encoded.remove(page)
    assert encoded.results("espresso").total == 0


def test_a_page_that_was_saved_after_the_commit_waits_for_the_next(
    encoded: EncodedLibrary,
) -> None:
    encoded.take_meanings()
    page = encoded.add("Hints", "a puncture and a patch")
    newer = encoded.documents[page]
    encoded.documents[page] = type(newer)(
        **{name: getattr(newer, name) for name in newer.__slots__} | {"revision_number": 2}
    )
    encoded.fill()
    assert encoded.meaning.lag(encoded.snapshot()) == 1


def test_nothing_is_encoded_twice_after_a_merge(encoded: EncodedLibrary) -> None:
    encoder = encoded.take_meanings()
    for number in range(14):
        encoded.add(f"Page {number}", f"puncture {number}")
    encoded.fill()
    before = [*encoder.encoded]
    merge = MergeJob(encoded.store, encoded.store.due_merge())
    assert merge.process.wait(60) == 0
    assert merge.finish()
    assert encoded.meaning.lag(encoded.snapshot()) > 0
    encoded.fill()
    assert encoder.encoded == before
    assert files(encoded) == segments(encoded)
    assert encoded.results("tyre 7").hits[0].page_id == 8
    assert deleted_files(encoded) == 0


def test_counting_what_is_missing_opens_no_file_for_good(encoded: EncodedLibrary) -> None:
    encoded.take_meanings()
    for number in range(3):
        encoded.add("Page", f"puncture {number}", page_id=1, revision_number=number + 1)
        encoded.fill()
        assert encoded.meaning.lag(encoded.snapshot()) == 0
        assert deleted_files(encoded) == 0


def test_what_a_reader_may_not_see_is_not_compared(encoded: EncodedLibrary) -> None:
    encoded.take_meanings()
    hidden = encoded.add("Mending a puncture", "a patch on the rubber")
    other = encoded.add("Punctures at night", "tube")
    encoded.fill()
    found = encoded.results("tyre", hidden=lambda _position: {hidden})
    assert [hit.page_id for hit in found.hits] == [other]
    allowed = encoded.results("tyre", allowed=lambda snapshot: snapshot.pages == hidden)
    assert [hit.page_id for hit in allowed.hits] == [hidden]


def test_a_damaged_file_is_written_anew(encoded: EncodedLibrary) -> None:
    encoded.take_meanings()
    encoded.add("Mending a puncture", "a patch on the rubber")
    encoded.fill()
    (path,) = (encoded.root / FOLDER).iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert encoded.results("tyre").total == 0
    assert encoded.search.index.state() == "ready"
    encoded.fill()
    assert encoded.results("tyre").total == 1


def test_identifiers_quotes_filters_and_pastes_are_searched_as_they_are(
    encoded: EncodedLibrary,
) -> None:
    encoder = encoded.take_meanings()
    encoded.add("Mending a puncture", "a patch on the rubber of a tyre", tags=("tyre",))
    encoded.fill()
    before = [*encoder.encoded]
    for text in (
        '"tyre rubber"',
        "tag:tyre patch",
        "tyre -rubber",
        "rubb*",
        "tyre OR patch",
        "mending_tyre",
        "getTyre",
        "mending a puncture",  # its title
        "TypeError: tyre is not a function",
        "ጎማ ጥገና",
    ):
        encoded.results(text)
        assert encoder.encoded == before, text
    assert encoded.results("tyre", by_date=True).total == 1
    assert encoder.encoded == before


def test_what_a_page_quotes_is_searched_as_it_is(encoded: EncodedLibrary) -> None:
    encoder = encoded.take_meanings()
    encoded.add("Scripts", "File cannot be loaded because running scripts is disabled here.")
    encoded.fill()
    before = [*encoder.encoded]
    encoded.results("cannot be loaded because running scripts is disabled")
    assert encoder.encoded == before
    encoded.results("scripts disabled loaded")  # the same words, but no quotation
    assert encoder.encoded != before


def test_the_meaning_of_a_text_counts_within_filters(encoded: EncodedLibrary) -> None:
    encoded.take_meanings()
    encoded.add("Tyres", "patch", kind="guide")
    solved = encoded.add("Punctures", "patch", kind="challenge", status="solved")
    encoded.fill()
    found = encoded.results("flat kind:challenge status:solved", about="my tyre is flat")
    assert [hit.page_id for hit in found.hits] == [solved]


def test_a_page_is_cut_into_passages_under_its_title(encoded: EncodedLibrary) -> None:
    short = encoded.documents[encoded.add("Hints", "one two three", summary="In short.")]
    assert passages_of(short) == ["Hints. In short. one two three"]
    empty = encoded.documents[encoded.add("Empty", "", code="print(1)")]
    assert passages_of(empty) == ["Empty. print(1)"]
    assert passages_of(encoded.documents[encoded.add("Nothing")]) == ["Nothing."]
    long = encoded.documents[encoded.add("Long", "word " * 10_000)]
    assert len(passages_of(long)) == MAX_PASSAGES
    rest = encoded.documents[encoded.add("Rest", "word " * 90)]
    assert [len(text.split()) for text in passages_of(rest)] == [91]


def test_related_pages_are_also_those_that_say_the_same_in_other_words(
    encoded: EncodedLibrary,
) -> None:
    encoded.take_meanings()
    one = encoded.add("Tyre", "tyre tube")
    other = encoded.add("Puncture", "puncture")
    encoded.add("Coffee", "beans")
    encoded.fill()
    snapshot = encoded.snapshot()
    vectors = encoded.meaning.vectors
    assert related(encoded, one, snapshot.live) == [other]
    assert related(encoded, one, snapshot.pages != other) == []
    assert vectors.of(snapshot.segments[0]) is not None


def related(library: EncodedLibrary, page: int, visible: np.ndarray) -> list[int]:
    from wiki.search.results.related import related_pages

    return related_pages(library.snapshot(), page, visible, 5, library.meaning.vectors)
