"""Newton's step with the diagonal Hessian is Lloyd's step; ties go to the lowest index in every backend."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import backends
import problems
from backends.differences import complex_step
from bench.data.inputs import load_inputs
from bench.measure.cell import task_of
from bench.plan.cell import DTYPES, Cell
from bench.truth.reference import load_reference
from tests.cells import methods_of, typical_methods
from tests.conftest import configured, prepared

METHODS = [
    f"{backend}/{variant}"
    for backend, variant in methods_of("kmeans", "textbook", "newton")
    if backends.load(backend).VARIANTS[variant].accuracy == "exact"
    and backend != "sympy_symbolic"
    and variant != "compile"
]
QUICK = [
    f"{name}/{variant}" for name, variant in typical_methods() if not backends.load(name).VARIANTS[variant].compiled
]
DIFFERENTIATING = [m if m in QUICK else pytest.param(m, marks=pytest.mark.slow) for m in METHODS]


def lloyd(centroids: np.ndarray, X: np.ndarray, steps: int) -> np.ndarray:
    """Each centroid moves to the mean of the samples that are nearest to it, `steps` times; without any it stays."""
    for _ in range(steps):
        label = np.argmin(((X[:, np.newaxis] - centroids) ** 2).sum(axis=2), axis=1)
        centroids = np.stack(
            [X[label == j].mean(axis=0) if np.any(label == j) else mu for j, mu in enumerate(centroids)]
        )
    return centroids


def newton(method: str, instance: str, steps: int) -> np.ndarray:
    name, variant = method.split("/")
    task = task_of(Cell("kmeans", instance, "newton", name, variant, "float64", "cpu", 1))
    task = dataclasses.replace(task, options={"diagonal": True, "steps": steps})
    backend = configured(name)
    return backend.to_numpy(prepared(backend, task)())["centroids"]


@pytest.mark.parametrize("steps", [1, 10])
@pytest.mark.parametrize("instance", ["textbook", "empty_cluster"])
@pytest.mark.parametrize("method", [*DIFFERENTIATING, "sympy_symbolic/lambdify"])
def test_newton_s_step_is_lloyd_s(method, instance, steps):
    given = load_inputs("kmeans", instance)
    expected = lloyd(given.params["centroids"], given.data["X"], steps)
    np.testing.assert_allclose(newton(method, instance, steps), expected, rtol=1e-13)


@pytest.mark.parametrize("method", DIFFERENTIATING)
def test_newton_s_step_is_lloyd_s_where_samples_are_as_near_to_two_centroids(method):
    given = load_inputs("kmeans", "real")
    expected = lloyd(given.params["centroids"], given.data["X"], 3)
    np.testing.assert_allclose(newton(method, "real", 3), expected, rtol=1e-12, atol=1e-13)


def test_newton_ends_where_scikit_learn_does():
    from sklearn.cluster import KMeans

    given = load_inputs("kmeans", "textbook")
    model = KMeans(3, init=given.params["centroids"], n_init=1, tol=0, algorithm="lloyd").fit(given.data["X"])
    truth = load_reference("kmeans", "textbook", "newton", "float64").value["centroids"].astype(float)
    np.testing.assert_allclose(truth, model.cluster_centers_, rtol=1e-12)


def test_article_3_13_after_100_iterations():
    truth = load_reference("kmeans", "textbook", "newton", "float64").value["centroids"].astype(float)
    printed = [[0.76167338, 0.40765364], [0.27223715, 0.21097997], [0.35217863, 0.78488734]]
    np.testing.assert_array_equal(np.round(truth, 8), printed)


def test_an_empty_cluster_keeps_its_place():
    given = load_inputs("kmeans", "empty_cluster")
    truth = load_reference("kmeans", "empty_cluster", "newton", "float64").value["centroids"]
    np.testing.assert_array_equal(truth[1], given.params["centroids"][1])
    assert not np.any(load_reference("kmeans", "empty_cluster", "hessian_diagonal", "float64").value["centroids"][1])


def test_why_the_complex_step_s_newton_is_wrong_in_float32():
    """Over a step of ε^⅓ a sample changes its label, and the gradient's jump passes for curvature; over a tenth none."""
    given = load_inputs("kmeans", "textbook")
    X, centroids = (array.astype(np.float32) for array in (given.data["X"], given.params["centroids"]))
    nearest = problems.load_implementation("kmeans", "numpy_fd").nearest
    step = np.finfo(np.float32).eps ** (1 / 3)
    changed = [np.sum(nearest(centroids + h, X) != nearest(centroids, X)) for h in (step, -step, step / 10, -step / 10)]
    assert changed == [1, 0, 0, 0]
    task = task_of(Cell("kmeans", "textbook", "newton", "numpy_fd", "complex_step", "float32", "cpu", 1))
    curvature = complex_step.diagonal(task)(task.params, task.data)["centroids"]
    counts = np.bincount(nearest(centroids, X))
    np.testing.assert_allclose(curvature[0], 2 * counts[0], rtol=1e-4)
    assert abs(curvature[1, 1]) < 1 < 2 * counts[1]


def distances(instance: str) -> np.ndarray:
    """‖x − μ‖² (n, k) at the start."""
    given = load_inputs("kmeans", instance)
    X, centroids = given.data["X"], given.params["centroids"]
    return np.square(centroids).sum(axis=1) - 2 * (X @ centroids.T) + np.square(X).sum(axis=1)[:, np.newaxis]


def test_the_digits_have_ties_and_they_are_exact():
    given = load_inputs("kmeans", "real")
    assert all(np.array_equal(array, np.round(array)) for array in (given.data["X"], given.params["centroids"]))
    two = np.sort(distances("real"), axis=1)[:, :2]
    assert np.sum(two[:, 0] == two[:, 1]) == 6
    assert len(np.unique(given.params["centroids"], axis=0)) == 10


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("method", DIFFERENTIATING)
def test_a_tie_goes_to_the_lowest_index(method, dtype):
    """The gradient is integers, so that it is equal in every bit; with the highest index it would be another."""
    name, variant = method.split("/")
    backend = configured(name)
    task = task_of(Cell("kmeans", "real", "gradient", name, variant, dtype, "cpu", 1))
    found = backend.to_numpy(prepared(backend, task)())["centroids"]
    all_distances = distances("real")
    lowest = all_distances.argmin(axis=1)
    highest = all_distances.shape[1] - 1 - all_distances[:, ::-1].argmin(axis=1)
    np.testing.assert_array_equal(found, gradient(lowest))
    assert np.any(found != gradient(highest))


def gradient(label: np.ndarray) -> np.ndarray:
    """2 Σ (μ − x) over the samples of each label, for the digits."""
    given = load_inputs("kmeans", "real")
    X, centroids = given.data["X"], given.params["centroids"]
    return np.stack([2 * (mu - X[label == j]).sum(axis=0) for j, mu in enumerate(centroids)])


@pytest.mark.parametrize("instance", ["n1e4_d16_k100", "n1e5_d16_k100"])
def test_in_the_blobs_no_label_hangs_on_rounding(instance):
    """The nearest centroid is nearer than the next by far more than float32 rounds distances."""
    nearest, next_one = np.sort(distances(instance), axis=1)[:, :2].T
    size = np.square(load_inputs("kmeans", instance).data["X"]).sum(axis=1).max()
    assert (next_one - nearest).min() > 100 * np.finfo(np.float32).eps * size


def test_no_function_makes_an_array_of_n_k_d():
    """The peak of what NumPy allocates stays below a fifth of it."""
    import tracemalloc

    given = load_inputs("kmeans", "n1e4_d16_k100")
    X, centroids = given.data["X"], given.params["centroids"]
    module = problems.load_implementation("kmeans", "numpy_hand")
    tracemalloc.start()
    try:
        module.objective_gradient({"centroids": centroids}, module.arrange({"X": X}))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < X.size * len(centroids) * X.itemsize / 5
