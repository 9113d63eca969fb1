"""The article's printed numbers."""

from __future__ import annotations

import numpy as np

from bench.truth.reference import load_reference


def test_article_3_6_after_1000_steps():
    truth = load_reference("linear_regression", "textbook", "gradient_descent", "float64")
    np.testing.assert_array_equal(np.round(truth.value["theta"].astype(float), 8), [0.11071521, 0.95129619])
