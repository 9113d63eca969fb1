"""Every adapter satisfies the protocol."""

from __future__ import annotations

import numpy as np
import pytest

import backends
from backends import autograd_grad, jax_grad, numpy_fd, numpy_hand, sympy_symbolic, tf_tape, torch_autograd
from tests.conftest import configured

# mypy compares each module with the protocol here.
MODULES: dict[str, backends.Backend] = {
    "numpy_fd": numpy_fd,
    "numpy_hand": numpy_hand,
    "sympy_symbolic": sympy_symbolic,
    "autograd_grad": autograd_grad,
    "torch_autograd": torch_autograd,
    "tf_tape": tf_tape,
    "jax_grad": jax_grad,
}

MEMBERS = [name for name in vars(backends.Backend) if not name.startswith("_")]


def test_the_list_of_modules_is_the_registry():
    assert tuple(MODULES) == backends.names()


@pytest.mark.parametrize("name", backends.names())
def test_an_adapter_has_every_member(name):
    missing = [member for member in MEMBERS if not hasattr(backends.load(name), member)]
    assert not missing


@pytest.mark.parametrize("name", backends.names())
def test_an_adapter_lists_its_decisions(name):
    assert "\nDecisions\n- " in (backends.load(name).__doc__ or "")


@pytest.mark.parametrize("name", backends.names())
def test_an_adapter_reports_its_threads(name):
    assert configured(name).effective_threads() >= 1


@pytest.mark.parametrize("name", backends.names())
def test_the_variables_of_an_adapter_are_strings(name):
    for device in backends.load(name).DEVICES:
        variables = backends.load(name).environment(2, device, "cache")
        assert all(isinstance(value, str) for value in variables.values())


def test_unrolled_steps_divide_all_steps():
    assert [backends.unrolled(steps, 20) for steps in (1, 7, 20, 1000, 10_000, 23)] == [1, 7, 20, 20, 20, 1]


def test_leaves_are_mapped_at_any_depth():
    assert backends.map_leaves(np.sqrt, {"a": {"b": 4.0}, "c": 9.0}) == {"a": {"b": 2.0}, "c": 3.0}


def test_an_uninstalled_framework_is_a_reason_with_what_to_type(monkeypatch):
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: None)
    assert "pip install -c constraints.txt -e '.[jax]'" in str(backends.absence("jax_grad", "cpu"))


def test_a_device_that_a_backend_cannot_use_is_a_reason():
    assert "sympy_symbolic runs on cpu, not on cuda" in str(backends.absence("sympy_symbolic", "cuda"))
