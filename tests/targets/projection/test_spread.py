"""The predictive distribution: Student's t to the table, and quantiles that are its inverse."""

from __future__ import annotations

import math

import numpy as np
import pytest

from targets.projection.spread import Spread, mixture, student

SHARES = np.array([0.01, 0.1, 0.5, 0.9, 0.99])


def spread(*parts: tuple[float, float, float, bool], freedom: int = 4) -> Spread:
    """Of one year; a part is its centre, scale, weight, and whether it is in logarithms."""
    centres, scales, weights, logged = zip(*parts, strict=True)
    return mixture(
        np.array(centres)[:, None], np.array(scales)[:, None], np.array(weights),
        np.array(logged), freedom,
    )  # fmt: skip


# One-sided 0.9, 0.95 and 0.99 points, as every table of the distribution prints them.
TABLE = [
    (1, 3.078, 0.90), (1, 6.314, 0.95), (2, 1.886, 0.90), (2, 6.965, 0.99), (3, 1.638, 0.90),
    (3, 4.541, 0.99), (4, 1.533, 0.90), (5, 2.015, 0.95), (10, 1.372, 0.90), (10, 2.764, 0.99),
    (30, 1.310, 0.90), (43, 1.681, 0.95),
]  # fmt: skip


@pytest.mark.parametrize(("freedom", "value", "share"), TABLE)
def test_student_agrees_with_the_printed_table(freedom: int, value: float, share: float) -> None:
    both = student(np.array([value, -value, 0.0]), freedom)
    assert both[0] == pytest.approx(share, abs=2e-4)
    assert both[1] == pytest.approx(1 - share, abs=2e-4)
    assert both[2] == 0.5


@pytest.mark.parametrize("freedom", [1, 2, 3, 8, 40])
def test_student_rises_from_nothing_to_everything(freedom: int) -> None:
    shares = student(np.linspace(-60, 60, 400), freedom)
    assert (np.diff(shares) >= -1e-14).all()
    assert 0 <= shares[0] < 0.01
    assert 0.99 < shares[-1] <= 1


MIXTURES = {
    "one": [(10.0, 2.0, 1.0, False)],
    "two far apart": [(10.0, 2.0, 0.5, False), (1000.0, 3.0, 0.5, False)],
    "logarithms": [(math.log(700), 0.2, 1.0, True)],
    "both": [(700.0, 90.0, 0.4, False), (math.log(700), 0.2, 0.6, True)],
    "a wild part": [(700.0, 90.0, 0.999, False), (math.log(700), 30.0, 0.001, True)],
    "negative": [(-5.0, 1.0, 0.7, False), (-9.0, 4.0, 0.3, False)],
    "tiny": [(3e-9, 1e-10, 1.0, False)],
}


@pytest.mark.parametrize("name", MIXTURES)
def test_quantiles_are_the_inverse_of_the_distribution(name: str) -> None:
    held = spread(*MIXTURES[name])
    figures = held.quantiles(SHARES)[:, 0]
    assert (np.diff(figures) > 0).all()
    assert [held.below(0, figure) for figure in figures] == pytest.approx(SHARES, abs=1e-6)


def test_figures_of_logarithms_are_never_negative() -> None:
    held = spread((math.log(3), 2.0, 1.0, True))
    assert held.quantiles(SHARES).min() > 0
    assert (held.below(0, 0.0), held.below(0, -4.0)) == (0, 0)


def test_part_without_weight_is_left_out_and_the_rest_make_one() -> None:
    held = spread((1.0, 1.0, 0.5, False), (9.0, 1.0, 1e-9, False), (2.0, 1.0, 0.25, False))
    assert len(held.weights) == 2
    assert held.weights.sum() == pytest.approx(1)
    assert held.below(0, 1e12) == pytest.approx(1)


def test_years_are_kept_apart() -> None:
    held = mixture(
        np.array([[1.0, 50.0]]), np.array([[1.0, 5.0]]), np.ones(1), np.array([False]), 3
    )
    assert held.quantiles(np.array([0.5])) == pytest.approx(np.array([[1.0, 50.0]]), abs=1e-6)
    assert held.below(0, 50.0) > 0.99
    assert held.below(1, 1.0) < 0.01
