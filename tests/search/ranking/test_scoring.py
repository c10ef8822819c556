"""Scores as arrays, against the formulas they are named after."""

import numpy as np
import pytest

from wiki.search.index.collection_statistics import K1
from wiki.search.ranking import scoring


def test_bm25_counts_a_term_once_at_the_mean_length_and_never_above_its_limit() -> None:
    weights = np.array([0, 1, 2, 1e6], np.float32)
    norm = np.full(4, K1, np.float32)
    assert scoring.bm25_tf(weights, norm).tolist() == pytest.approx(
        [0, 1, 2 * (K1 + 1) / (2 + K1), K1 + 1], rel=1e-4
    )


def test_a_term_in_a_longer_document_counts_less() -> None:
    one = np.ones(2, np.float32)
    short, long = scoring.bm25_tf(one, np.array([0.5, 3], np.float32))
    assert short > long


def test_the_highest_score_is_the_sum_of_all_limits() -> None:
    assert scoring.max_score([1.0, 2.0]) == pytest.approx(3 * (K1 + 1))


def test_a_term_said_again_counts_more_but_saturates() -> None:
    assert scoring.query_tf(1) == 1
    assert scoring.query_tf(0.4) == 0.4
    assert scoring.query_tf(3) == pytest.approx(3 * 4 / 6)
    assert scoring.query_tf(1_000) < scoring.K3 + 1


def test_top_k_is_by_score_then_newest_and_only_of_what_matched() -> None:
    scores = np.array([1, 3, 3, 2, 9], np.float32)
    times = np.array([5, 1, 2, 0, 0])
    matched = np.array([True, True, True, True, False])
    assert scoring.top_k(scores, times, matched, 0, 10).tolist() == [2, 1, 3, 0]


def test_parts_of_equal_documents_neither_repeat_nor_skip() -> None:
    scores, times, matched = np.zeros(50), np.arange(50) % 7, np.ones(50, bool)
    whole = scoring.top_k(scores, times, matched, 0, 50).tolist()
    parts = [scoring.top_k(scores, times, matched, first, 8).tolist() for first in range(0, 50, 8)]
    assert [document for part in parts for document in part] == whole
    assert scoring.top_k(scores, times, matched, 50, 8).tolist() == []


def test_feedback_takes_terms_that_documents_share_in_proportion() -> None:
    documents = [
        (2.0, [("cache", 1.0), ("redis", 1.0), ("only", 9.0)]),
        (1.0, [("cache", 2.0), ("redis", 1.0)]),
    ]
    weights, agreement = scoring.feedback_weights(documents, 10)
    assert weights == pytest.approx({"cache": 4 / 7, "redis": 3 / 7})
    assert agreement == pytest.approx(1.0)
    assert list(scoring.feedback_weights(documents, 1)[0]) == ["cache"]
    assert scoring.feedback_weights([], 10) == ({}, 0)


def test_feedback_counts_for_nothing_where_the_best_documents_agree_little() -> None:
    shared = [("cache", 1.0)]
    documents = [(1.0, [*shared, (f"own {n}", 1.0)] if n < 4 else [("x", 1.0)]) for n in range(10)]
    weights, agreement = scoring.feedback_weights(documents, 10)
    assert set(weights) == {"cache", "x"}
    assert agreement == pytest.approx(0.4 * 0.4 + 0.6 * 0.6)
    assert scoring.feedback_share(0.3) == 0
    assert 0 < scoring.feedback_share(agreement) < scoring.feedback_share(0.65)
    assert scoring.feedback_share(1.0) == scoring.FEEDBACK_MAX_SHARE
