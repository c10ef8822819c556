"""The statistics of BM25, against their formulas."""

import math

import numpy as np
import pytest

from wiki.search.index.collection_statistics import (
    K1,
    B,
    idf,
    length_norms,
    residual_idf_factor,
)


@pytest.mark.parametrize(("count", "frequency"), [(10, 1), (10, 4), (1_000, 3)])
def test_idf_is_that_of_robertson_and_spaerck_jones(count: int, frequency: int) -> None:
    odds = (count - frequency + 0.5) / (frequency + 0.5)
    assert idf(count, frequency) == pytest.approx(math.log(1 + odds))


def test_idf_falls_with_the_frequency_and_stays_positive() -> None:
    values = [idf(10, frequency) for frequency in range(12)]
    assert values == sorted(values, reverse=True)
    assert values[-1] > 0


def test_length_norms_are_k1_at_the_mean_length() -> None:
    lengths = np.array([10, 20, 30, 500], np.float32)
    live = np.array([True, True, True, False])
    short, mean, long, _ = length_norms(lengths, live)
    assert mean == pytest.approx(K1)
    assert short == pytest.approx(K1 * (1 - B / 2))
    assert long == pytest.approx(K1 * (1 + B / 2))


def test_length_norms_of_an_empty_index() -> None:
    assert len(length_norms(np.zeros(0, np.float32), np.zeros(0, bool))) == 0


def test_a_word_scattered_by_chance_tells_less_than_one_in_clusters() -> None:
    scattered = residual_idf_factor(1_000, 100, 105)
    clustered = residual_idf_factor(1_000, 100, 600)
    assert scattered < 1 < clustered


def test_the_residual_is_the_logarithm_of_the_documents_that_chance_would_reach() -> None:
    reached = 1_000 * (1 - math.exp(-0.3))  # of 300 occurrences
    certainty = 100 / 105
    residual = certainty * math.log(reached / 100) + (1 - certainty) * 0.7
    assert residual_idf_factor(1_000, 100, 300) == pytest.approx(0.3 + residual)


def test_of_rare_words_little_is_known() -> None:
    assert residual_idf_factor(1_000, 1, 50) < residual_idf_factor(1_000, 50, 2_500)
    assert residual_idf_factor(1_000, 0, 0) == 1
