"""What a query asks of the index."""

import pytest

from tests.search.shelf import Library
from wiki.search.query.parser import parse
from wiki.search.query.spelling import Speller
from wiki.search.ranking import scoring
from wiki.search.ranking.query_expansion import MAX_SCORED_TERMS, ExpandedQuery, expand


def expanded(library: Library, text: str) -> ExpandedQuery:
    snapshot = library.search.index.snapshot()
    assert snapshot is not None
    return expand(snapshot, parse(text), Speller(snapshot, snapshot.live))


@pytest.fixture
def shelf(library: Library) -> Library:
    library.add("Caching", "a cache keeps results, cachetools helps, Wi-Fi too")
    library.add("Code", "select_related joins tables")
    return library


def test_words_become_stems_and_stop_words_mark_a_question(shelf: Library) -> None:
    found = expanded(shelf, "how does caching help")
    assert found.order == ["cach", "help"]
    assert found.is_question
    assert not expanded(shelf, "caching results").is_question


def test_stop_words_alone_are_asked_for(shelf: Library) -> None:
    assert set(expanded(shelf, "how does").terms) == {"how", "doe"}


def test_a_word_said_again_weighs_more(shelf: Library) -> None:
    found = expanded(shelf, "cache results cache")
    assert found.terms["cach"] == pytest.approx(scoring.query_tf(2))
    assert found.terms["result"] == 1


def test_a_word_on_few_pages_may_be_the_beginning_of_another(shelf: Library) -> None:
    found = expanded(shelf, "cache")
    assert found.prefixes == {"cache": scoring.PREFIX_SHARE}
    assert found.covered_by == {"cache": "cach"}


def test_in_a_sentence_english_words_are_no_beginnings(shelf: Library) -> None:
    shelf.add("Flour", "farine")
    assert set(expanded(shelf, "how far is the cachet").prefixes) == {"cachet"}
    assert set(expanded(shelf, "far cachet").prefixes) == {"far", "cachet"}
    assert set(expanded(shelf, "what is the far").prefixes) == {"far"}


def test_half_a_word_is_only_a_beginning(shelf: Library) -> None:
    found = expanded(shelf, "cachet")
    assert found.prefixes == {"cachet": scoring.PREFIX_SHARE}
    assert found.covered_by == {"cachet": ""}
    assert not found.is_guessed


def test_a_word_nobody_has_asks_for_similar_ones(shelf: Library) -> None:
    found = expanded(shelf, "resluts")
    assert found.terms["result"] == scoring.SIMILAR_SHARES[0]
    assert found.is_guessed


def test_parts_of_a_known_compound_count_less(shelf: Library) -> None:
    known = expanded(shelf, "select_related").terms
    assert known["select_related"] == 1
    assert known["select"] == known["relat"] == scoring.PART_SHARE
    assert expanded(shelf, "select_unknown").terms["select"] == 1


def test_other_spellings_of_a_compound_are_variants(shelf: Library) -> None:
    assert "wifi" in expanded(shelf, "wi-fi").variants


def test_a_pasted_text_is_not_corrected_and_keeps_its_telling_terms(library: Library) -> None:
    words = [f"word{number}" for number in range(100)]
    library.add("All", " ".join(words))
    found = expanded(library, " ".join((*words, "wrod1")))
    assert len(found.terms) == MAX_SCORED_TERMS
    assert not found.prefixes
    assert not found.order
    assert not found.is_guessed


def test_sentences_are_prose_and_code_is_not(shelf: Library) -> None:
    assert expanded(shelf, "keep the results of slow queries").is_prose
    assert not expanded(shelf, "foo.bar(a_b) x_y.z_w").is_prose


def test_the_expansion_carries_the_query_with_its_units(shelf: Library) -> None:
    found = expanded(shelf, 'cache "two words" kind:guide')
    assert [unit.value for unit in found.query.units] == ["cache", '"two words"', "guide"]
    assert [token.words[0] for token in found.plain] == ["cache"]
    assert [token.words[0] for token in found.required] == ["two", "words"]


def test_the_error_of_a_paste_outweighs_all_its_other_lines(library: Library) -> None:
    library.add("Views", "serializer save user request views create dispatch handle " * 5)
    library.add("Colours", "KeyError: 'colour' when a name is missing")
    library.add("Ports", "listening on port 8000 started info worker request " * 5)
    trace = (
        'Traceback (most recent call last):\n  File "/srv/views.py", line 57, in create\n'
        "    serializer.save(user=request.user)\n" * 6 + "KeyError: 'colour'"
    )
    assert library.titles(trace)[0] == "Colours"
    log = "2026-03-07 12:55:02 INFO worker started, listening on port 8000\n" * 6
    assert library.titles(f"{log}2026-03-07 12:55:03 ERROR no such colour")[0] == "Colours"


def test_a_paste_is_guessed_only_if_no_line_of_its_errors_is_known(library: Library) -> None:
    library.add("Colours", "a colour is missing")
    unknown = "2026-03-07 12:55:02 ERROR zxqvbn\n"
    assert not library.results(f"{unknown}2026-03-07 12:55:03 ERROR colour").is_guessed
    assert library.results(f"{unknown}{unknown}").total == 0
