"""What raises a page's score beside its words: nearness, quotations, titles and names."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.search.shelf import Library
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.matching import phrase_terms
from wiki.search.query.parser import parse
from wiki.search.query.spelling import Speller
from wiki.search.ranking import scoring
from wiki.search.ranking.boosts import apply_boosts, boost_passages
from wiki.search.ranking.passage_match import passage_scores
from wiki.search.ranking.proximity import pair_distances
from wiki.search.ranking.query_expansion import expand


def snapshot_of(library: Library) -> Snapshot:
    snapshot = library.search.index.snapshot()
    assert snapshot is not None
    return snapshot


@pytest.fixture
def boosted(library: Library) -> Callable[[str], tuple[list[float], list[bool]]]:
    """The scores of documents that had 1 each, and which of them the query names."""

    def run(text: str) -> tuple[list[float], list[bool]]:
        snapshot = snapshot_of(library)
        scores = np.ones(snapshot.size, np.float32)
        expanded = expand(snapshot, parse(text), Speller(snapshot, snapshot.live))
        named = apply_boosts(snapshot, expanded, scores, snapshot.live)
        return scores.tolist(), named.tolist()

    return run


def test_distances_are_those_of_the_closest_pair(library: Library) -> None:
    library.add("One", "red blue")
    library.add("Two", "blue then some red and later red a blue")
    library.add("Three", "red " + "filler " * 20 + "blue")
    library.add("Four", "red alone")
    (gaps,) = pair_distances(snapshot_of(library), ["red", "blue"], np.arange(4))
    assert gaps.tolist() == [1, 2, np.inf, np.inf]


def test_a_term_is_not_near_itself(library: Library) -> None:
    library.add("One", "red red")
    (gaps,) = pair_distances(snapshot_of(library), ["red", "red"], np.arange(1))
    assert gaps.tolist() == [np.inf]


def test_words_close_together_count_as_rasolofo_and_savoy_have_it(
    library: Library, boosted: Callable[[str], tuple[list[float], list[bool]]]
) -> None:
    library.add("One", "amber lantern beside the road")
    library.add("Two", "amber road beside the lantern")
    scores, _ = boosted("amber lantern")
    snapshot = snapshot_of(library)
    idf = min(snapshot.idf("amber"), snapshot.idf("lantern"))
    near, far = (
        scoring.PROXIMITY_SHARE
        * idf
        * scoring.bm25_tf(np.array([1 / gap**2], np.float32), snapshot.norms[:1])[0]
        for gap in (1, 4)
    )
    assert scores[0] - scores[1] == pytest.approx(
        (near - far) * (1 + scoring.ALL_TERMS_BONUS), rel=1e-4
    )


def test_a_page_with_all_keywords_gains(
    library: Library, boosted: Callable[[str], tuple[list[float], list[bool]]]
) -> None:
    library.add("One", "amber " + "filler " * 10 + "lantern")
    library.add("Two", "amber")
    library.add("Three", "nothing")
    both, one, none = boosted("amber lantern")[0]
    assert both == pytest.approx(1 + scoring.ALL_TERMS_BONUS)
    assert 1 < one < both
    assert none == 1


def test_the_title_itself_is_above_every_score(
    library: Library, boosted: Callable[[str], tuple[list[float], list[bool]]]
) -> None:
    library.add("Message queues", "text", path="concepts/queues")
    library.add("Queues", "message queues everywhere")
    scores, named = boosted("message queues")
    assert scores[0] > scoring.EXACT_TITLE > scores[1]
    assert named == [True, False]


@pytest.mark.parametrize("text", ["message-queues", "messagequeues", "MESSAGE  QUEUES"])
def test_a_title_is_named_by_its_letters(
    library: Library, boosted: Callable[[str], tuple[list[float], list[bool]]], text: str
) -> None:
    library.add("Message queues", "text")
    scores, named = boosted(text)
    assert scores[0] > scoring.EXACT_NAME
    assert named == [True]


@pytest.mark.parametrize("text", ["concepts/queues", "https://hub.example/wiki/concepts/queues#a"])
def test_a_path_names_its_page(
    library: Library, boosted: Callable[[str], tuple[list[float], list[bool]]], text: str
) -> None:
    library.add("Message queues", "text", path="concepts/queues")
    library.add("Other", "text", path="concepts/queues/other")
    scores, named = boosted(text)
    assert named == [True, False]
    assert scores[0] > scoring.EXACT_PATH > scores[1]


def test_a_title_typed_further_gains_more(
    library: Library, boosted: Callable[[str], tuple[list[float], list[bool]]]
) -> None:
    library.add("Oscilloscope", "text")
    library.add("Oscilloscopes and their probes", "text")
    library.add("Other", "text")
    short, long, other = boosted("oscillosc")[0]
    assert short > long > other == 1


def test_the_whole_title_in_the_query_counts_more_than_a_part_of_it(
    library: Library, boosted: Callable[[str], tuple[list[float], list[bool]]]
) -> None:
    library.add("Amber", "text")
    library.add("Amber lantern museum", "text")
    scores, _ = boosted("amber found yesterday")
    assert scores[0] > scores[1] > 0


def test_a_quoted_stretch_is_found_among_other_words(library: Library) -> None:
    message = "cannot allocate memory segment for shared buffer pool"
    library.add("Quoted", f"Sometimes it says: {message}. Then restart.")
    library.add("Scrambled", "pool buffer shared for segment memory allocate cannot")
    snapshot = snapshot_of(library)
    scores = np.ones(snapshot.size, np.float32)
    text = f"2026-01-01 ERROR worker 7 {message} at line 12"
    assert boost_passages(snapshot, parse(text), scores, snapshot.live)
    assert scores[0] > 1
    assert scores[1] == 1


def test_a_passage_is_worth_the_idf_of_its_words(library: Library) -> None:
    library.add("Quoted", "amber lantern beside crooked roads")
    library.add("Other", "nothing of it")
    snapshot = snapshot_of(library)
    places = phrase_terms("amber lantern beside crooked roads")
    worth = passage_scores(snapshot, places, np.arange(2))
    assert worth.tolist() == pytest.approx([sum(snapshot.idf(t) for _, t in places), 0])


def test_few_words_are_no_quotation(library: Library) -> None:
    library.add("Page", "amber lantern here")
    snapshot = snapshot_of(library)
    scores = np.ones(snapshot.size, np.float32)
    assert not boost_passages(snapshot, parse("amber lantern"), scores, snapshot.live)
    assert scores.tolist() == [1]
