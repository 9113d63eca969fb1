"""What goes wrong in an oracle is a sentence; it gives the same numbers every time; its own arrays are certified."""

from __future__ import annotations

import numpy as np
import pytest

from bench import UsageError
from bench.data.inputs import Inputs
from bench.truth.compute import reference_of
from bench.truth.oracle import InconsistentOracle, Oracle
from bench.truth.oracle_arrays import UnknownOperation
from tests.bench.truth.certified_modules import certified_module

HEAD = """import functools, random, types
from collections import namedtuple
import numpy as np
from scipy import special

Pair = namedtuple("Pair", "table")
"""
WHERE = "mine/oracle.py, f(params, data),"


def gradient(source: str, x: float = 1.0) -> float:
    oracle = Oracle(certified_module(HEAD + source).f, where=WHERE)
    found = reference_of(oracle, Inputs({"x": np.array(x)}, {}, ""), "gradient", {}, "float64")
    assert not found.why
    return float(found.value["x"])


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("params['y']", r"there is no params\['y'\]; it has 'x'"),
        ("data['y'] * x", r"there is no data\['y'\]; it has nothing"),
        ("np.ones(2) * x + np.ones(3)", "ValueError: operands could not be broadcast"),
        ("(np.ones(2) * x)[5]", "IndexError: index 5"),
        ("np.sum(np.ones(2) * x, axis=3)", "IndexError"),
        ("np.max(np.ones(0) * x)", "ValueError: zero-size array"),
        ("x * (1 / 0)", "ZeroDivisionError"),
        ("special.jv(0.5, x)", "ValueError: expected an integer, got 0.5"),
        ("np.linalg.solve(x * np.ones((2, 2)), np.ones(2))[0]", "singular"),
        ("np.linalg.inv(x * np.ones((2, 2))).sum()", "singular"),
        ("np.linalg.slogdet(x * np.ones((2, 2)))[1]", "singular"),
        ("np.linalg.cholesky(-x * np.eye(2)).sum()", "a matrix is not positive definite"),
        ("np.array([x, len(3)])", "TypeError"),
    ],
)
def test_an_error_is_a_sentence_with_its_place(expression, message):
    with pytest.raises(InconsistentOracle, match=rf"^mine/oracle.py, f\(params, data\), line 9: .*{message}"):
        gradient(f"def f(params, data):\n    x = params['x']\n    return {expression}\n")


def test_numpy_is_not_imported_inside_a_function():
    with pytest.raises(UnknownOperation, match="line 8: an oracle cannot import numpy inside a function"):
        gradient("def f(params, data):\n    import numpy as np\n    return np.sqrt(2.0) * params['x']\n")


@pytest.mark.parametrize("factor", ["len(CALLS)", "random.random()"])
def test_an_oracle_that_remembers_is_refused(factor):
    source = f"CALLS = []\ndef f(params, data):\n    CALLS.append(1)\n    return params['x'] * {factor}\n"
    with pytest.raises(InconsistentOracle, match=r"f\(params, data\) gives another value when it is called again"):
        gradient(source)


TABLE = "np.array([10], np.uint8)"


@pytest.mark.parametrize(
    "source",
    [
        f"T = {TABLE}\ndef f(params, data):\n    return np.sum(params['x'] * (T - 128))",
        f"T = [({TABLE},)]\ndef f(params, data):\n    return np.sum(params['x'] * (T[0][0] - 128))",
        f"def f(params, data, t={TABLE}):\n    return np.sum(params['x'] * (t - 128))",
        f"class K:\n    t = {TABLE}\ndef f(params, data):\n    return np.sum(params['x'] * (K.t - 128))",
        f"class K:\n    def __init__(self):\n        self.t = {TABLE}\nk = K()\n"
        "def f(params, data):\n    return np.sum(params['x'] * (k.t - 128))",
        f"N = types.SimpleNamespace(t={TABLE})\ndef f(params, data):\n    return np.sum(params['x'] * (N.t - 128))",
        f"class K:\n    __slots__ = ('t',)\nk = K()\nk.t = {TABLE}\n"
        "def f(params, data):\n    return np.sum(params['x'] * (k.t - 128))",
        f"def make():\n    t = {TABLE}\n    return lambda params, data: np.sum(params['x'] * (t - 128))\nf = make()",
        f"g = functools.partial(lambda t, x: np.sum(x * (t - 128)), {TABLE})\n"
        "def f(params, data):\n    return g(params['x'])",
        f"P = Pair({TABLE})\ndef f(params, data):\n    return np.sum(params['x'] * (P.table - 128))",
        "S = np.uint8(10)\ndef f(params, data):\n    return params['x'] * (S - np.int64(128))",
    ],
)
def test_arrays_of_a_module_are_exact_constants(source):
    assert gradient(source + "\n") == -118


def test_integers_of_a_module_do_not_wrap_around():
    assert gradient("T = np.array([3000000])\ndef f(params, data):\n    return np.sum(params['x'] * T**3)\n") == 2.7e19


def test_a_singular_matrix_has_a_determinant_with_slopes():
    source = "def f(params, data):\n    return np.linalg.det(np.diag(np.array([1.0, 2.0, 3.0, params['x']])))\n"
    assert gradient(source, 0.0) == 6
    with pytest.raises(UsageError):
        gradient("def f(params, data):\n    return np.linalg.det(params['x'])\n")


def test_an_error_in_the_bounds_is_a_sentence_too():
    module = certified_module(
        HEAD + "def f(params, data):\n    return params['x'] ** 2\ndef bounds(params, data):\n    return 3\n"
    )
    given = Inputs({"x": np.array(1.0)}, {}, "")
    with pytest.raises(InconsistentOracle, match=r"mine/oracle.py, f.* cannot unpack"):
        reference_of(Oracle(module.f, bounds=module.bounds, where=WHERE), given, "gradient", {}, "float64")
