"""Functions that ignore a parameter, are constant or linear: every operation of every variant is right, in dtype and shape.

All of them are quadratic, f(v) = c + b·v + ½ vᵀAv in the vector v of all parameters, with most of A, b and c zero; or they
are elementwise or vectors, with derivatives that are said beside them. So the truth is said here, without the harness.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pytest

import backends
from backends import Layout, Task
from problems import Expression
from tests.conftest import configured

RATE, STEPS = 0.125, 4
OPTIONS: dict[str, dict[str, Any]] = {
    "gradient_descent": {"rate": RATE, "steps": STEPS},
    "descent_history": {"rate": RATE, "steps": STEPS},
    "newton": {"steps": 2, "diagonal": True},
    "critical_point": {"steps": 2},
}
Arrays = dict[str, Any]
Function = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Quadratic:
    """c + b·v + ½ vᵀAv: `function` in operators that every framework has, `term` the same in SymPy's symbols."""

    function: Function
    term: Function
    params: Arrays
    data: Arrays = field(default_factory=dict)
    A: Any = 0.0
    b: Any = 0.0
    c: float = 0.0
    combine: Literal["sum", "mean", "none"] = "none"
    kind: str = "scalar"

    @property
    def layout(self) -> Layout:
        return Layout({name: np.shape(x) for name, x in self.params.items()}, np.reshape, np.concatenate)

    def truths(self) -> dict[str, Any]:
        """operation → its result."""
        layout, v = self.layout, self.layout.vector(self.params).astype(float)
        A, b = np.broadcast_to(np.diag(np.broadcast_to(self.A, len(v))), (len(v),) * 2), np.broadcast_to(self.b, len(v))

        def value(at):
            return self.c + b @ at + at @ A @ at / 2

        descent = [v]
        for _ in range(STEPS):
            descent.append(descent[-1] - RATE * (b + A @ descent[-1]))
        h = np.diag(A)
        lowest = np.where(h != 0, -b / np.where(h != 0, h, 1), v)
        return {
            "value": value(v),
            "gradient": layout.tree(b + A @ v),
            "hessian": layout.blocks(A),
            "hessian_diagonal": layout.tree(h),
            "gradient_descent": layout.tree(descent[-1]),
            "descent_history": np.array([value(at) for at in descent[1:]]),
            "newton": layout.tree(lowest),
            "critical_point": {**layout.tree(lowest), "eigenvalues": np.sort(h)},
        }

    def by_hand(self) -> dict[str, Function]:
        """The derivatives that `numpy_hand` asks for."""
        layout, truths = self.layout, self.truths()
        A = layout.matrix(truths["hessian"])

        def at(params):
            dtype = next(iter(params.values())).dtype
            return layout.vector(params).astype(dtype), dtype

        def gradient(params, data):
            v, dtype = at(params)
            return layout.tree((self.b + A @ v).astype(dtype))

        return {
            "objective_gradient": gradient,
            "objective_hessian": lambda params, data: layout.blocks(A.astype(at(params)[1])),
            "objective_hessian_diagonal": lambda params, data: layout.tree(np.diag(A).astype(at(params)[1])),
        }


@dataclass(frozen=True)
class Simple:
    """An elementwise function or a vector, whose derivatives are said."""

    function: Function
    term: Function
    params: Arrays
    truth: Mapping[str, Any]
    data: Arrays = field(default_factory=dict)
    kind: str = "elementwise"
    combine: Literal["sum", "mean", "none"] = "none"

    def truths(self) -> dict[str, Any]:
        return dict(self.truth)

    def by_hand(self) -> dict[str, Function]:
        def said(operation):
            def derivative(params, data):
                dtype = next(iter(params.values())).dtype
                return {name: np.asarray(x, dtype) for name, x in self.truth[operation].items()}

            return derivative

        names = {"gradient": "gradient", "hessian_diagonal": "hessian_diagonal", "jacobian_forward": "jacobian"}
        return {f"objective_{name}": said(operation) for operation, name in names.items() if operation in self.truth}


def elementwise(function, value, slopes, curvatures, params, data=None):
    truth = {"value": value, "gradient": slopes, "hessian_diagonal": curvatures}
    return Simple(function, function, params, truth, data or {})


def vector(function, term, value, jacobian, params, data=None):
    truth = {"value": value, "jacobian_forward": jacobian, "jacobian_reverse": jacobian}
    return Simple(function, term, params, truth, data or {}, "vector")


def both(function: Function) -> tuple[Function, Function]:
    """A text that SymPy takes, too."""
    return function, function


TWO, THREE = np.array([1.0, 2.0]), np.array([1.0, 2.0, 3.0])
X = np.array(2.0)
NUMBER = {"c": np.array(5.0)}

FUNCTIONS: dict[str, Quadratic | Simple] = {
    "line": Quadratic(*both(lambda p, d: 3 * p["x"]), {"x": X}, b=3.0),
    "line_of_one_entry": Quadratic(lambda p, d: 3 * p["x"][0], lambda p, d: 3 * p["x"][0], {"x": X[None]}, b=3.0),
    "itself": Quadratic(*both(lambda p, d: p["x"]), {"x": X}, b=1.0),
    "one_entry": Quadratic(*both(lambda p, d: p["x"][1]), {"x": TWO}, b=[0.0, 1.0]),
    "itself_of_two": Quadratic(*both(lambda p, d: p["x"]), {"x": X, "y": X}, b=[1.0, 0.0]),
    "unused": Quadratic(*both(lambda p, d: p["x"] * p["x"]), {"x": X, "y": np.array(1.0)}, A=[2.0, 0.0]),
    "unused_first": Quadratic(*both(lambda p, d: 3 * p["y"]), {"x": TWO, "y": np.array(1.0)}, b=[0, 0, 3.0]),
    "unused_entry": Quadratic(*both(lambda p, d: p["x"][0] * p["x"][0]), {"x": THREE}, A=[2.0, 0.0, 0.0]),
    "constant": Quadratic(*both(lambda p, d: d["c"]), {"x": TWO}, NUMBER, c=5.0),
    "constant_of_a_number": Quadratic(*both(lambda p, d: d["c"] * d["c"]), {"x": X}, NUMBER, c=25.0),
    "constant_in_two": Quadratic(*both(lambda p, d: d["c"] + 1), {"x": X, "y": TWO}, NUMBER, c=6.0),
    "data_slope": Quadratic(*both(lambda p, d: d["c"] * p["x"]), {"x": X}, NUMBER, b=5.0),
    "one_linear_one_curved": Quadratic(
        *both(lambda p, d: p["x"][0] * p["x"][0] + 3 * p["x"][1] + 1),
        {"x": TWO, "y": TWO},
        A=[2, 0, 0, 0],
        b=[0, 3, 0, 0],
        c=1.0,
    ),
    "names_meet": Quadratic(
        *both(lambda p, d: p["x"][0] * p["x"][0] + p["x"][1] * p["x"][1] + p["x_0"] * p["x_0"]),
        {"x": TWO, "x_0": np.array(3.0)},
        A=2.0,
    ),
    "data_and_parameter_of_one_name": Quadratic(*both(lambda p, d: d["c"] * p["c"]), {"c": X}, NUMBER, b=5.0),
    "names_of_functions": Quadratic(
        *both(
            lambda p, d: (p["x0"] - p["sin"]) + (p["x0"] - p["sin"]) * (p["x0"] + p["sin"]) + p["lambda"] * d["array"]
        ),
        {"x0": X, "sin": np.array(1.0), "lambda": np.array(4.0)},
        {"array": np.array(7.0)},
        A=[2, -2, 0],
        b=[1, -1, 7],
    ),
    "line_elementwise": elementwise(
        lambda p, d: 3 * p["x"], 3 * THREE, {"x": np.full(3, 3.0)}, {"x": np.zeros(3)}, {"x": THREE}
    ),
    "itself_elementwise": elementwise(lambda p, d: p["x"], THREE, {"x": np.ones(3)}, {"x": np.zeros(3)}, {"x": THREE}),
    "unused_elementwise": elementwise(
        lambda p, d: p["x"] * p["x"],
        THREE**2,
        {"x": 2 * THREE, "y": np.zeros(3)},
        {"x": np.full(3, 2.0), "y": np.zeros(3)},
        {"x": THREE, "y": THREE},
    ),
    "constant_elementwise": elementwise(
        lambda p, d: d["c"], THREE, {"x": np.zeros(3)}, {"x": np.zeros(3)}, {"x": THREE}, {"c": THREE}
    ),
    "data_elementwise": elementwise(
        lambda p, d: d["c"] * p["x"], 5 * THREE, {"x": np.full(3, 5.0)}, {"x": np.zeros(3)}, {"x": THREE}, NUMBER
    ),
    "matrix_elementwise": elementwise(
        lambda p, d: 3 * p["x"], 3 * np.eye(2), {"x": np.full((2, 2), 3.0)}, {"x": np.zeros((2, 2))}, {"x": np.eye(2)}
    ),
    "vector_without_data": vector(
        *both(lambda p, d: p["x"] * p["x"]), TWO**2, {"x": np.diag(2 * TWO), "y": np.zeros(2)}, {"x": TWO, "y": X}
    ),
    "linear_vector": vector(*both(lambda p, d: 3 * p["x"]), 3 * TWO, {"x": 3 * np.eye(2)}, {"x": TWO}),
    "itself_vector": vector(*both(lambda p, d: p["x"]), TWO, {"x": np.eye(2)}, {"x": TWO}),
    "constant_vector": vector(*both(lambda p, d: d["c"]), THREE, {"x": np.zeros((3, 2))}, {"x": TWO}, {"c": THREE}),
    "unlike_components": vector(
        lambda p, d: d["q"] * p["x"] * p["x"] + d["l"] * p["x"] + d["c"],
        lambda p, d: [p["x"][0] ** 2 + 5, 3 * p["x"][1] + 5, 5],
        np.array([6.0, 11.0, 5.0]),
        {"x": np.diag([2.0, 3.0, 0.0]), "M": np.zeros((3, 2, 1))},
        {"x": THREE, "M": np.ones((2, 1))},
        {"q": np.array([1.0, 0.0, 0.0]), "l": np.array([0.0, 3.0, 0.0]), "c": np.array([5.0, 5.0, 5.0])},
    ),
}

METHODS = [method.split("/") for method in backends.methods()]
TOLERANCES = {"exact": 1e-12, "complex_step": 1e-7}
DIFFERENCES = 2e-3  # of second derivatives by forward differences in float64


ONE_OF_A_KIND = ("line", "unused_entry", "constant", "one_linear_one_curved", "unused_elementwise", "unlike_components")
TRACED_QUICKLY = ("unused_entry", "unlike_components")
COMPILED_FUNCTIONS = ("unused",)
COMPILED_OPERATIONS = ("gradient", "hessian_diagonal", "gradient_descent")  # of a compiler that takes seconds for each


def functions_of(backend: str, variant: str) -> Iterable[str]:
    """All functions for what stands for its backend, or takes milliseconds: further variants share its code."""
    if variant == "compile":
        return COMPILED_FUNCTIONS
    takes_long = backend in ("tf_tape", "jax_grad") and variant not in backends.typical_variants(backend)
    return ONE_OF_A_KIND if takes_long else FUNCTIONS


def is_slow(backend: str, variant: str, name: str) -> bool:
    """What traces or compiles, in tenths of a second: two functions are quick where it stands for its backend."""
    traces = backends.load(backend).VARIANTS[variant].compiled or backend in ("tf_tape", "jax_grad")
    return traces and not (name in TRACED_QUICKLY and variant in backends.typical_variants(backend))


def parameters() -> list:
    return [
        pytest.param(
            backend,
            variant,
            name,
            id=f"{backend}/{variant}-{name}",
            marks=[pytest.mark.slow] if is_slow(backend, variant, name) else [],
        )
        for backend, variant in METHODS
        for name in functions_of(backend, variant)
    ]


def task_of(made: Quadratic | Simple, backend: str, variant: str, operation: str, dtype: str) -> Task:
    module = types.ModuleType(f"problems.made.{backend}")
    objective = made.function
    if backend == "sympy_symbolic":
        objective = lambda params, data: Expression(made.term(params, data), combine=made.combine)  # noqa: E731
    vars(module).update(made.by_hand(), objective=objective)
    params, data = ({n: np.asarray(x, dtype) for n, x in arrays.items()} for arrays in (made.params, made.data))
    return Task(module, "objective", made.kind, operation, params, data, variant, options=OPTIONS.get(operation, {}))


def compare(found: Any, truth: Any, dtype: str, within: float, place: str) -> None:
    if isinstance(truth, dict):
        assert set(found) == set(truth), place
        for name in truth:
            compare(found[name], truth[name], dtype, within, f"{place}.{name}")
        return
    assert isinstance(found, np.ndarray), place
    assert found.dtype == dtype, (place, found.dtype)
    assert found.shape == np.shape(truth), (place, found.shape)
    np.testing.assert_allclose(found, truth, rtol=within, atol=within, err_msg=place)


def compare_operation(made, backend, variant, operation, dtype):
    adapter = configured(backend)
    accuracy = adapter.VARIANTS[variant].accuracy
    within = TOLERANCES.get(accuracy, DIFFERENCES)
    if dtype == "float32":
        within = max(within, 1e-5)
    call = adapter.prepare(task_of(made, backend, variant, operation, dtype))
    for _ in range(2):
        compare(adapter.to_numpy(adapter.wait(call())), made.truths()[operation], dtype, within, f"{operation} {dtype}")


def refusals(made, backend, variant, operation):
    """What a refusal says, where there is one to expect; empty where there is none."""
    if backend != "numpy_fd":
        return ""
    if operation == "jacobian_reverse":
        return "have no reverse mode"
    scipy = {"hessian_diagonal": "only of functions of one array without data"}
    return scipy.get(operation, "") if variant == "scipy" and made.kind == "elementwise" else ""


def operations(made, exact):
    """Without Newton's method by differences where a curvature is 0: they leave its rounding, by which it divides."""
    found = made.truths()
    flat = made.kind == "scalar" and (found["critical_point"]["eigenvalues"] == 0).any()
    return [each for each in found if exact or not flat or each not in ("newton", "critical_point")]


@pytest.mark.filterwarnings("ignore:Output seems independent of input:UserWarning")  # autograd's word for a constant
@pytest.mark.parametrize(("backend", "variant", "name"), parameters())
def test_every_operation_is_right(backend, variant, name):
    made = FUNCTIONS[name]
    adapter = configured(backend)
    if missing := backends.absence(backend, "cpu", variant):
        pytest.skip(missing)
    exact = adapter.VARIANTS[variant].accuracy == "exact"
    known = COMPILED_OPERATIONS if variant == "compile" else adapter.OPERATIONS
    for operation in (each for each in operations(made, exact) if each in known):
        for dtype in ("float64", "float32") if exact and is_cheap(backend) else ("float64",):
            try:
                compare_operation(made, backend, variant, operation, dtype)
            except backends.Unsupported as refusal:
                why = refusals(made, backend, variant, operation)
                if not why or why not in str(refusal):
                    raise


def is_cheap(backend):
    """Whether it neither traces nor compiles, so that a second dtype costs nothing."""
    return backend in ("numpy_hand", "sympy_symbolic", "autograd_grad", "torch_autograd")


def test_an_expression_is_refused_with_its_file_where_it_is_none():
    for term, said in (
        (lambda p, d: [p["x"]], "Expression of a list"),
        (None, "returned an int, 3; expected an Expression"),
    ):
        made = Quadratic(lambda p, d: 3, term or (lambda p, d: [3]), {"x": X})
        task = task_of(made, "sympy_symbolic", "lambdify", "gradient", "float64")
        if term is None:
            vars(task.module)["objective"] = lambda params, data: 3
        with pytest.raises(backends.WrongForm, match=r"made/sympy_symbolic\.py: objective returned") as refused:
            configured("sympy_symbolic").prepare(task)
        assert said in str(refused.value)


def test_integer_data_do_not_wrap_around_in_symbols():
    made = Quadratic(lambda p, d: 0, lambda p, d: p["x"] * d["n"] ** 3, {"x": X}, combine="sum")
    task = task_of(made, "sympy_symbolic", "lambdify", "gradient", "float64")
    task = replace(task, data={"n": np.array([3_000_000])})
    assert configured("sympy_symbolic").prepare(task)()["x"] == 2.7e19


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("scalar", 3.0, r"returned a float, 3\.0; expected .* of shape \(\)"),
        ("scalar", None, "returned None; expected"),
        ("scalar", np.ones(1), r"of shape \(1,\); expected .*; write \[0\] or a sum"),
        ("scalar", np.ones(3), r"of shape \(3,\); expected .*; is a sum missing"),
        ("scalar", np.array(3), "numbers of type int64; expected floating-point"),
        ("scalar", np.array(3j), "numbers of type complex128; expected floating-point"),
        ("elementwise", np.array(3.0), r"of shape \(\); expected .* shape \(2,\), the parameters'"),
        ("vector", np.array(3.0), r"of shape \(\); expected .* a vector, of shape \(m,\)"),
        ("vector", np.ones((2, 1)), r"of shape \(2, 1\); expected .* a vector"),
        ("vector", [1.0, 2.0], r"returned a list, \[1\.0, 2\.0\]; expected an array"),
    ],
)
def test_what_a_function_must_not_return_is_a_sentence(kind, value, said):
    task = Task(types.ModuleType("problems.made.jax_grad"), "objective", kind, "gradient", {"x": TWO}, {}, "eager")
    with pytest.raises(backends.WrongForm, match=rf"made/jax_grad\.py: objective returned.*{said}|{said}"):
        task.require_form(value)


@pytest.mark.parametrize(("kind", "value"), [("scalar", X), ("scalar", X[()]), ("elementwise", TWO), ("vector", THREE)])
def test_what_it_may_return_is_not(kind, value):
    Task(types.ModuleType("a"), "objective", kind, "gradient", {"x": TWO}, {}, "eager").require_form(value)
