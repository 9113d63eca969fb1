"""What a user can hand in as inputs, and the sentence for everything else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import backends
import problems
from bench import UsageError
from bench.measure import cell as cell_module
from bench.measure.cell import measure_cell
from bench.plan.cell import PROFILES, Cell
from bench.plan.selection import Selection, make_plan
from bench.rows.row import new_row
from tests.conftest import configured

ONE = np.array([1.0, 2.0])
WORDS = st.from_regex(r"[A-Za-z_]\w{0,8}", fullmatch=True).filter(str.isidentifier)
NUMBERS = arrays.arrays(np.float64, arrays.array_shapes(min_dims=0, max_dims=3, max_side=3))
HELD = NUMBERS | arrays.arrays(st.sampled_from([np.int64, np.uint8, np.bool_]), (2,))


def checked(given, kind="scalar", operations=()):
    def start():
        return given

    instance = problems.Instance("a", start, {each: {} for each in operations}, kind=kind)
    return problems.check_inputs("mine", instance, start())


@given(st.dictionaries(WORDS, NUMBERS, min_size=1, max_size=3), st.dictionaries(WORDS, HELD, max_size=3))
def test_what_may_be_handed_in_comes_back(params, data):
    assert checked((params, data)) == (params, data)


@given(
    st.sampled_from(["int64", "complex128", "object", "float32", "float16", "bool", "U1", "longdouble"]),
    st.sampled_from([(), (2,), (2, 2)]),
)
def test_parameters_of_another_type_are_refused_with_file_function_and_type(dtype, shape):
    array = np.zeros(shape, dtype)
    with pytest.raises(
        problems.ProblemError, match=r"problems/mine/__init__\.py: start\(\) of the instance a"
    ) as refused:
        checked(({"x": array}, {}))
    assert f"an array of {array.dtype} for params['x']; expected float64" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "returned None; expected (params, data), two dicts of arrays"),
        ({"x": ONE}, "returned a dict, {'x': array([1., 2.])}; expected (params, data)"),
        (({"x": ONE},), "expected (params, data)"),
        (({"x": ONE}, None), "returned None for data; expected a dict of arrays, such as {}"),
        ((None, {}), "returned None for params; expected a dict of arrays"),
        (([ONE], {}), "returned a list, [array([1., 2.])] for params; expected a dict"),
        (({}, {}), "returned no parameters; expected at least one array"),
        (
            ({"x": 2.0}, {}),
            "returned a float, 2.0 for params['x']; expected a NumPy array of float64: write np.array(2.0)",
        ),
        (({"x": np.float64(2)}, {}), "for params['x']; expected a NumPy array of float64"),
        (({"x": None}, {}), "returned None for params['x']"),
        (({"x": [1.0]}, {}), "returned a list, [1.0] for params['x']"),
        (({"x": np.ma.array([1.0])}, {}), "MaskedArray"),
        (({"x": np.array([1, 2])}, {}), "int64 for params['x']; expected float64: write np.array([1.0, 2.0])"),
        (({"x-y": ONE}, {}), "with the name 'x-y'; expected letters, digits and underscores"),
        (({"x/y": ONE}, {}), "with the name 'x/y'"),
        (({"2x": ONE}, {}), "with the name '2x'"),
        (({"": ONE}, {}), "with the name ''"),
        (({1: ONE}, {}), "with the name 1"),
        (({"x": ONE}, {"a b": ONE}), "returned data with the name 'a b'"),
        (({"x": ONE}, {"d": ["a"]}), "returned a list, ['a'] for data['d']"),
        (({"x": ONE}, {"d": np.array(["a"])}), "an array of <U1 for data['d']; expected float64, integers or bools"),
        (({"x": ONE}, {"d": np.array([1j])}), "an array of complex128 for data['d']"),
    ],
)
def test_what_may_not_is_a_sentence(given, said):
    with pytest.raises(problems.ProblemError) as refused:
        checked(given)
    assert said in str(refused.value)


def test_an_elementwise_function_has_parameters_of_one_shape():
    with pytest.raises(problems.ProblemError, match="expected one shape, as the function is elementwise"):
        checked(({"x": ONE, "y": np.array(1.0)}, {}), "elementwise")


def test_a_parameter_is_not_called_as_what_an_operation_returns():
    with pytest.raises(problems.ProblemError, match="called eigenvalues; expected another name"):
        checked(({"eigenvalues": ONE}, {}), operations=("critical_point",))


# Folders ------------------------------------------------------------------------------------------

DEFINITION = """import numpy as np
from .. import Instance, Problem
def make(): return {"x": np.array([1.0, 2.0])}, {}
PROBLEM = Problem(instances=(Instance(name="a", make=make, operations={"gradient": {}}),))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """DIR of `--problems DIR`, which is forgotten afterwards."""
    monkeypatch.setattr(problems, "__path__", list(problems.__path__))
    folder = tmp_path / "mine"
    for name in ("my-problem", "2d", "handed_in"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(DEFINITION)
    (folder / "empty").mkdir()
    problems.add_folder(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("my-problem", "mine/my-problem: the folder of a problem is imported by its name.*rename it to my_problem$"),
        ("2d", "mine/2d: .*rename it to problem_2d$"),
        ("empty", r"mine/empty/__init__\.py: there is none$"),
        ("mine/handed_in", "mine/handed_in: expected the name of a problem, not a path: type -p handed_in$"),
        ("handed_inn", "unknown problem 'handed_inn'; did you mean handed_in"),
    ],
)
def test_a_folder_that_is_no_problem_says_what_to_do(folder, name, said):
    with pytest.raises(problems.ProblemError, match=said) as refused:
        problems.load(name)
    assert "needs --problems" not in str(refused.value)  # it was given


def test_a_misnamed_folder_is_not_left_out_in_silence(folder):
    with pytest.raises(UsageError, match=r"mine/2d: .*rename it to problem_2d"):
        make_plan(Selection())


def test_instances_that_are_no_tuple_are_refused_with_the_file(folder):
    text = DEFINITION.replace("{}}),))", "{}})))")
    (folder / "handed_in" / "__init__.py").write_text(text)
    with pytest.raises(problems.ProblemError, match=r"handed_in/__init__\.py: expected instances=\(Instance"):
        problems.load("handed_in")


# What changes in place ----------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["numpy_hand", "autograd_grad"])
def test_a_check_sees_a_function_that_changes_its_parameters_in_place(backend, monkeypatch):
    """Its first answer is right."""
    adapter = configured(backend)
    prepare = adapter.prepare

    def drifting(task):
        call = prepare(task)
        calls: list[None] = []

        def run():
            calls.append(None)
            return backends.map_leaves(lambda leaf: leaf * len(calls), call())

        return run

    monkeypatch.setattr(adapter, "prepare", drifting)
    monkeypatch.setattr(cell_module, "WELL_FORMED", set())
    cell = Cell("linear_regression", "textbook", "gradient", backend, next(iter(adapter.VARIANTS)), "float64", "cpu", 1)
    row = new_row(cell, "key", "run", 0)
    measure_cell(cell, row, PROFILES["quick"], None, lambda event, result: None)
    assert row.status == "wrong"
    assert f"linear_regression/{backend}.py change its parameters or data in place?" in row.reason
