"""Every problem folder satisfies the contract."""

from __future__ import annotations

import ast
import inspect

import numpy as np
import pytest

import backends
import problems
from bench.plan.cell import OPERATIONS

NAMES = problems.names()

QUICK = [(name, each) for name in problems.names() for each in problems.load(name).instances if each.quick]


@pytest.mark.parametrize("name", NAMES)
def test_every_backend_is_implemented_or_omitted_with_a_reason(name):
    problem = problems.load(name)
    problems.check_folder(problem, backends.names())
    for backend in backends.names():
        implemented = (problem.folder / f"{backend}.py").is_file()
        omitted = bool(problem.omit.get(backend, ""))
        assert implemented or omitted, f'{name} has no {backend}.py: write it, or Problem(omit={{"{backend}": "why"}})'
        assert not (implemented and omitted), f"{name} has {backend}.py: delete it, or its reason in Problem(omit=…)"


@pytest.mark.parametrize("backend", backends.names())
def test_a_backend_has_a_file_in_every_problem_or_a_reason(backend):
    lacking = [name for name in NAMES if problems.absence(problems.load(name), backend) and not omits(name, backend)]
    files = ", ".join(f"problems/{name}/{backend}.py" for name in lacking)
    assert not lacking, f'{backend} lacks {files}: write them, or OMIT = {{"*": {{"*": "why"}}}} under a docstring'


def omits(name: str, backend: str) -> bool:
    return bool(problems.load(name).omit.get(backend))


@pytest.mark.parametrize("name", NAMES)
def test_a_problem_says_why_it_is_here(name):
    assert "Why it is here:" in problems.load(name).summary


@pytest.mark.parametrize("name", NAMES)
def test_siblings_define_the_same_functions_in_the_same_order(name):
    problem = problems.load(name)
    wanted = list(dict.fromkeys(instance.function for instance in problem.instances))
    for path in problem.folder.glob("*.py"):
        if path.stem == "__init__":
            continue
        if "*" in problems.literals(path, 0).get("OMIT", {}).get("*", {}):
            continue  # it says why there is nothing
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert [function for function in defined if function in wanted] == wanted, path


@pytest.mark.parametrize("name", NAMES)
def test_implementations_import_relatively_and_hold_no_timing(name):
    for path in problems.load(name).folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert node.module != "problems", path
            if isinstance(node, ast.Import):
                assert "time" not in [alias.name for alias in node.names], path


@pytest.mark.parametrize(("name", "instance"), QUICK, ids=lambda each: str(getattr(each, "name", each)))
def test_an_instance_makes_the_same_float64_arrays_each_time(name, instance):
    first, second = instance.make(), instance.make()
    for before, after in zip(first, second, strict=True):
        for key, array in before.items():
            assert isinstance(array, np.ndarray)
            assert array.dtype.kind != "f" or array.dtype == np.float64
            np.testing.assert_array_equal(array, after[key])


@pytest.mark.parametrize("name", NAMES)
def test_instances_name_known_operations_and_functions(name):
    problem = problems.load(name)
    for instance in problem.instances:
        assert set(instance.operations) <= set(OPERATIONS)
        assert set(instance.quick) <= set(instance.operations)
        assert inspect.isfunction(getattr(problems.load_oracle(name), instance.function))


def test_a_folder_without_an_oracle_is_an_error(tmp_path):
    problem = problems.Problem(instances=(), name="mine", folder=tmp_path)
    with pytest.raises(problems.ProblemError, match=r"mine/oracle\.py: there is none; it holds objective"):
        problems.check_folder(problem, backends.names())


def test_a_stray_file_is_an_error_that_lists_the_expected_names(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    known = backends.names()[-1]
    (folder / f"{known}s.py").write_text("")
    problem = problems.Problem(instances=(), name="mine", folder=folder)
    with pytest.raises(
        problems.ProblemError, match=rf"{known}s\.py.*did you mean {known}\W.*{backends.names()[0]}\.py"
    ):
        problems.check_folder(problem, backends.names())


def test_an_implementation_declares_what_is_expected_of_it_and_what_it_leaves_out(tmp_path):
    instance = problems.Instance(
        "one", lambda: ({}, {}), {}, expect={"*": ("wrong", "all are")}, omit={"b/*": "of the instance"}
    )
    problem = problems.Problem(instances=(instance,), name="mine", folder=tmp_path)
    (tmp_path / "a.py").write_text(
        'import nothing_of_this_name\nOMIT = {"*": {"*:value": "no"}}\n'
        'EXPECT = {"one": {"fast": ("error", "why")}, "two": {"*": ("wrong", "x")}}\n'
    )
    assert problems.expectations(problem, instance, "a") == {"a/fast": ("error", "why"), "*": ("wrong", "all are")}
    assert problems.omissions(problem, instance, "a") == {"a/*:value": "no", "b/*": "of the instance"}
    assert problems.expectations(problem, instance, "b") == instance.expect


@pytest.mark.parametrize("text", ['{"one": {"*": WHY}}', '{"one": "why"}', '{"one": {"*": "why"}}', "[]"])
def test_a_declaration_that_cannot_be_read_says_what_is_expected(tmp_path, text):
    instance = problems.Instance("one", lambda: ({}, {}), {})
    problem = problems.Problem(instances=(instance,), name="mine", folder=tmp_path)
    (tmp_path / "a.py").write_text(f"EXPECT = {text}")
    with pytest.raises(problems.ProblemError, match=r"a\.py: expected EXPECT = \{instance: .*\(status, why\)"):
        problems.expectations(problem, instance, "a")


def test_patterns_match_by_parts_with_wildcards():
    patterns = {"numpy_fd/*:hessian": "slow", "jax_grad/jit:*:float32": "odd"}
    assert problems.matching(patterns, "numpy_fd/central:hessian:float64") == "slow"
    assert problems.matching(patterns, "numpy_fd/central:gradient:float64") is None
    assert problems.matching(patterns, "jax_grad/jit:value:float32") == "odd"
    assert problems.matching({"numpy_fd/central": "all"}, "numpy_fd/central:value:float32") == "all"
