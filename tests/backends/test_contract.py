"""Every adapter satisfies the protocol."""

from __future__ import annotations

import inspect
import subprocess
import sys

import numpy as np
import pytest

import backends
from bench import ROOT
from tests.conftest import configured

NAMES = backends.names()


@pytest.mark.slow
def test_mypy_finds_that_every_adapter_satisfies_the_protocol(tmp_path):
    """And that a module which is none does not, in the last line of the same file."""
    pytest.importorskip("mypy")
    checked = [f"a{i}: backends.Backend = {name}" for i, name in enumerate(NAMES)]
    text = "\n".join([f"import backends, problems\nfrom backends import {', '.join(NAMES)}", *checked])
    file = tmp_path / "checked.py"
    file.write_text(f"{text}\nb: backends.Backend = problems")
    typed = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", str(file)]
    done = subprocess.run(typed, cwd=ROOT, capture_output=True, text=True)
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert done.returncode == 1, done.stderr
    assert [f"checked.py:{len(text.splitlines()) + 1}: " in line for line in errors] == [True], done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_the_functions_of_an_adapter_take_what_the_protocol_says(name):
    for member, function in vars(backends.Backend).items():
        if inspect.isfunction(function) and not member.startswith("_"):
            wanted = list(inspect.signature(function).parameters)[1:]
            assert list(inspect.signature(getattr(backends.load(name), member)).parameters) == wanted, member


def test_the_order_of_backends_is_by_their_numbers():
    numbers = [backends.load(name).ORDER for name in NAMES]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("name", NAMES)
def test_an_adapter_lists_its_decisions(name):
    assert "\nDecisions\n- " in (backends.load(name).__doc__ or "")


@pytest.mark.parametrize("name", NAMES)
def test_an_adapter_reports_its_threads(name):
    assert configured(name).effective_threads() >= 1


@pytest.mark.parametrize("name", NAMES)
def test_the_variables_of_an_adapter_are_strings(name):
    for device in backends.load(name).DEVICES:
        variables = backends.load(name).environment(2, device, "cache")
        assert all(isinstance(value, str) for value in variables.values())


def test_unrolled_steps_divide_all_steps():
    assert [backends.unrolled(steps, 20) for steps in (1, 7, 20, 1000, 10_000, 23)] == [1, 7, 20, 20, 20, 1]


def test_leaves_are_mapped_at_any_depth():
    assert backends.map_leaves(np.sqrt, {"a": {"b": 4.0}, "c": 9.0}) == {"a": {"b": 2.0}, "c": 3.0}


@pytest.mark.parametrize("name", NAMES)
def test_an_uninstalled_framework_is_a_reason_with_what_to_type(name, monkeypatch):
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: None)
    extra = backends.load(name).EXTRA
    typed = "pip install -c constraints.txt -e " + (f"'.[{extra}]'" if extra else ".")
    assert str(backends.absence(name, "cpu")).endswith(typed)


@pytest.mark.parametrize("name", [name for name in NAMES if "cuda" not in backends.load(name).DEVICES])
def test_a_device_that_a_backend_cannot_use_is_a_reason(name):
    if backends.is_installed(backends.load(name).REQUIRES):
        assert backends.absence(name, "cuda") == f"{name} runs on cpu, not on cuda"
