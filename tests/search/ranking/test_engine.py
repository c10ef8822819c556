"""The engine on tiny indexes, against BM25F worked out by hand."""

import numpy as np
import pytest

from tests.search.shelf import Library
from wiki.search.documents import BODY_WEIGHT, OPENING_WEIGHT, TITLE_WEIGHT
from wiki.search.index.collection_statistics import K1, B
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.parser import parse
from wiki.search.query.spelling import Speller
from wiki.search.ranking import scoring
from wiki.search.ranking.engine import Evaluation, add_terms, count_matches, evaluate


def snapshot_of(library: Library) -> Snapshot:
    snapshot = library.search.index.snapshot()
    assert snapshot is not None
    return snapshot


def evaluated(library: Library, text: str) -> Evaluation:
    snapshot = snapshot_of(library)
    return evaluate(snapshot, parse(text), snapshot.live, Speller(snapshot, snapshot.live))


def matched(library: Library, text: str) -> list[int]:
    return snapshot_of(library).pages[evaluated(library, text).matched].tolist()


def test_a_term_scores_bm25f_with_fields_weighted_before_saturation(library: Library) -> None:
    library.add("Zebra", "zebra crossing")
    library.add("Horse", "a zebra is no horse")
    library.add("Fish", "swims")
    snapshot = snapshot_of(library)
    scores = np.zeros(snapshot.size, np.float32)
    held = add_terms(snapshot, {"zebra": 1.0}, scores)
    assert held.tolist() == [True, True, False]
    lengths = [3, 6, 2]  # words of title and body
    expected = []
    body = BODY_WEIGHT + OPENING_WEIGHT  # a text so short is all opening
    for weight, length in ((TITLE_WEIGHT + body, 3), (body, 6), (0, 2)):
        norm = K1 * (1 - B + B * length / (sum(lengths) / 3))
        expected.append(snapshot.idf("zebra") * weight * (K1 + 1) / (weight + norm))
    assert scores.tolist() == pytest.approx(expected, rel=1e-5)


def test_terms_add_up_by_their_weights(library: Library) -> None:
    library.add("One", "apple banana")
    library.add("Two", "cherry")
    snapshot = snapshot_of(library)
    apple, banana, both = (np.zeros(snapshot.size, np.float32) for _ in range(3))
    add_terms(snapshot, {"appl": 1.0}, apple)
    add_terms(snapshot, {"banana": 1.0}, banana)
    add_terms(snapshot, {"appl": 2.0, "banana": 1.0}, both, share=0.5)
    assert both.tolist() == pytest.approx((apple + banana / 2).tolist())


def test_the_form_as_typed_counts_more_than_other_forms(library: Library) -> None:
    library.add("One", "caching")
    library.add("Two", "cache")
    snapshot = snapshot_of(library)
    scores = np.zeros(snapshot.size, np.float32)
    add_terms(snapshot, {"cach": 1.0}, scores, forms={"cach": "cache"})
    assert scores[0] == pytest.approx(scoring.STEM_SHARE * scores[1])


def test_words_are_alternatives_and_filters_are_not(library: Library) -> None:
    guide = library.add("One", "apple", kind="guide")
    page = library.add("Two", "banana")
    library.add("Three", "cherry")
    assert matched(library, "apple banana") == [guide, page]
    assert matched(library, "apple banana kind:guide") == [guide]
    assert matched(library, "apple banana -kind:guide") == [page]


def test_what_a_filtered_field_would_match_otherwise(library: Library) -> None:
    library.add("One", "apple", kind="guide")
    library.add("Two", "apple")
    library.add("Three", "apple", tags=("red",))
    found = evaluated(library, "apple kind:guide tag:red")
    assert not found.has_matches
    assert found.without["kind"].tolist() == [False, False, True]
    assert found.without["tag"].tolist() == [True, False, False]


def test_the_title_as_query_is_named_even_where_the_text_lacks_it(library: Library) -> None:
    library.add("To be or not to be", "a question")
    assert evaluated(library, "to be or not to be").is_named
    assert not evaluated(library, "question").is_named


def test_only_similar_words_are_a_guess(library: Library) -> None:
    library.add("One", "oscilloscope")
    assert evaluated(library, "osciloscope").is_guessed
    assert not evaluated(library, "oscilloscope").is_guessed


def test_matches_are_counted_among_the_allowed(library: Library) -> None:
    library.add("One", "apple")
    library.add("Two", "apple")
    snapshot = snapshot_of(library)
    allowed = np.array([True, False])
    assert count_matches(snapshot, parse("apple"), allowed, Speller(snapshot, allowed)) == 1


def test_highlighted_terms_are_the_most_telling_first(library: Library) -> None:
    for _ in range(5):
        library.add("Common", "usual words")
    library.add("Rare", "usual oscilloscope")
    terms = evaluated(library, "usual oscilloscope").terms
    assert list(terms.values()) == sorted(terms.values(), reverse=True)
    assert terms["oscilloscop"] > terms["usual"]


def test_feedback_raises_pages_that_share_words_with_the_best(library: Library) -> None:
    question = "ways of keeping small green beetles away from young potato leaves"
    library.add("Near", "beetles potato leaves neem spray copper ground")
    library.add("Near too", "potato beetles leaves neem spray nets evening")
    related = library.add("Related", "neem spray leaves")
    unrelated = library.add("Unrelated", "autumn leaves turn brown")
    for number in range(20):
        library.add(f"Other {number}", f"ships harbour tide number{number} cargo sail rope anchor")
    found = evaluated(library, question)
    pages = snapshot_of(library).pages.tolist()
    scores = dict(zip(pages, found.scores.tolist(), strict=True))
    assert scores[related] > scores[unrelated] > 0
