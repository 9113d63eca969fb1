"""Environment variables that change speed or results: which are recorded, and what two runs are told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import ROOT
from bench.machine.facts import describe_machine
from bench.machine.variables import code_variables, variable_differences


@pytest.mark.parametrize(
    "name",
    [
        "PYTHONMALLOC",
        "PYTHONDEVMODE",
        "PYTHONOPTIMIZE",
        "OMP_PROC_BIND",
        "OMP_NUM_THREADS",
        "MKL_CBWR",
        "OPENBLAS_CORETYPE",
        "XLA_FLAGS",
        "TF_ENABLE_ONEDNN_OPTS",
        "TORCH_LOGS",
        "TORCHINDUCTOR_MAX_AUTOTUNE",
        "PYTORCH_CUDA_ALLOC_CONF",
        "JAX_ENABLE_X64",
        "CUDA_VISIBLE_DEVICES",
        "NVIDIA_TF32_OVERRIDE",
        "KMP_AFFINITY",
        "GOTO_NUM_THREADS",
        "MALLOC_ARENA_MAX",
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "GLIBC_TUNABLES",
        "CXXFLAGS",
        "CXX",
    ],
)
def test_what_changes_speed_or_results_is_recorded(monkeypatch, name):
    monkeypatch.setenv(name, "planted")
    assert describe_machine()["variables"][name] == "planted"


@pytest.mark.parametrize("name", ["HOME", "TF_VAR_password", "TF_TOKEN_app", "JAX_API_KEY", "CCACHE_DIR", "MY_OMP_X"])
def test_what_does_not_or_is_secret_is_left_out(monkeypatch, name):
    monkeypatch.setenv(name, "planted")
    assert name not in code_variables()


def test_the_users_own_folders_are_not_published(monkeypatch):
    home = Path.home()
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{home}/lib:{home}stead")
    assert code_variables()["PYTHONPATH"] == f".:~/lib:{home}stead"


def test_differences_are_named():
    a, b = {"XLA_FLAGS": "--fast", "TF_X": "1"}, {"TF_X": "1", "LD_PRELOAD": "\x1b"}
    assert variable_differences(a, b) == "LD_PRELOAD: unset and '\\x1b'; XLA_FLAGS: '--fast' and unset"
    assert variable_differences(a, dict(a)) == ""


@pytest.mark.parametrize(
    "name", ["OMP_NUM_THREADS", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "TORCHINDUCTOR_CACHE_DIR", "KMP_INIT_AT_FORK"]
)
def test_what_never_reaches_the_code_makes_no_difference(name):
    assert variable_differences({name: "1"}, {}) == ""


@pytest.mark.parametrize("older", [None, [], "x"])
def test_an_older_run_recorded_none(older):
    assert variable_differences(older, {"XLA_FLAGS": "x"}) == variable_differences({"XLA_FLAGS": "x"}, older) == ""
