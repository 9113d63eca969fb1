"""Where things are kept: the cache in a checkout that can be written to, else where the user may; results where one is."""

from __future__ import annotations

import os
import subprocess

import pytest

import bench
from bench import UsageError, cache_folder
from bench.commands import new
from bench.data import store
from bench.data.temporary import writable_cache
from tests.bench.processes import gradmark, typed

NUMPY_ALONE = ("-p", "scalar_derivative:textbook", "-b", "numpy_hand", "--operation", "gradient")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    root = tmp_path / "checkout"
    root.mkdir()
    monkeypatch.setattr(bench, "ROOT", root)
    monkeypatch.delenv("GRADMARK_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "users"))
    return root


def read_only(monkeypatch, *places):
    monkeypatch.setattr(os, "access", lambda place, mode: place not in places)


def test_a_checkout_keeps_its_own_cache(checkout):
    assert cache_folder() == checkout / ".cache"


def test_a_read_only_checkout_does_not(checkout, tmp_path, monkeypatch):
    read_only(monkeypatch, checkout)
    assert cache_folder() == tmp_path / "users" / "gradmark"


@pytest.mark.parametrize("inner", [".cache", ".cache/references"])
def test_nor_one_with_a_folder_of_another_users(checkout, tmp_path, monkeypatch, inner):
    (checkout / ".cache" / "references").mkdir(parents=True)
    read_only(monkeypatch, checkout / inner)
    assert cache_folder() == tmp_path / "users" / "gradmark"


def test_an_installed_gradmark_uses_the_users(checkout, tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "IS_CHECKOUT", False)
    assert cache_folder() == tmp_path / "users" / "gradmark"


def test_a_variable_moves_it(checkout, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADMARK_CACHE", str(tmp_path / "moved"))
    assert cache_folder() == tmp_path / "moved"
    monkeypatch.setenv("GRADMARK_CACHE", "~/moved")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "moved"


def test_a_cache_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "inside"):
        with pytest.raises(UsageError, match="name a folder that can be written to: GRADMARK_CACHE=FOLDER"):
            writable_cache(folder)


def test_a_run_without_a_cache_begins_with_no_cell(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("bench.run.folder.CACHE", tmp_path / "file")
    done = typed("run", *NUMPY_ALONE, "--out", tmp_path / "run")
    assert (done.returncode, done.stdout) == (2, "")
    assert "GRADMARK_CACHE=FOLDER" in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("what", "option"), [("problem", "--problems"), ("backend", "--backends")])
def test_an_installed_gradmark_writes_nothing_beside_its_code(monkeypatch, what, option):
    monkeypatch.setattr(new, "IS_CHECKOUT", False)
    done = typed("new", what, "my_own")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"add {option} DIR, a folder of your own" in done.stderr


def test_a_package_is_installed_as_this_is(monkeypatch):
    monkeypatch.setattr("backends.is_installed", lambda package: False)
    assert "pip install -c constraints.txt -e '.[jax]'" in bench_absence()
    monkeypatch.setattr("backends.IS_CHECKOUT", False)
    assert bench_absence() == "jax is not installed; type: pip install jax"


def bench_absence():
    import backends

    return backends.absence("jax_grad", "cpu")


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder read-only for root")
def test_a_read_only_checkout_runs_with_out_elsewhere(tmp_path):
    """And a cache of its own, where inputs and references are then found again by the worker."""
    command = f"""
    mount --bind {bench.ROOT} {bench.ROOT} && mount -o remount,bind,ro {bench.ROOT} && cd {bench.ROOT} &&
    ! touch {bench.ROOT}/written 2>/dev/null && exec "$@"
    """
    from tests.bench import processes

    words = [processes.sys.executable, "-m", "bench", "run", *NUMPY_ALONE, "--out", str(tmp_path / "run")]
    variables = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", command, "sh", *words], env=variables, capture_output=True, text=True
    )
    if "Operation not permitted" in done.stderr or "unshare" in done.stderr:
        pytest.skip("this container may not mount")
    assert done.returncode == 0, done.stderr
    assert "1 ok" in done.stderr
    assert len(list((tmp_path / "cache" / "gradmark" / "references").iterdir())) == 1


@pytest.mark.slow
def test_the_variable_moves_inputs_references_and_what_is_compiled(tmp_path):
    done = gradmark("check", *NUMPY_ALONE, "--quiet", GRADMARK_CACHE=str(tmp_path / "moved"))
    assert done.returncode == 0, done.stderr
    kinds = {path.name for path in (tmp_path / "moved").iterdir()}
    assert kinds == {"inputs", "references", "temporary"}
    assert [path.name for path in (tmp_path / "moved" / "temporary").iterdir()] == ["lock"]
    assert tmp_path / "moved" != store.CACHE
