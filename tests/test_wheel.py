"""The wheel holds what the checkout does; .ci/run installs it and runs the README's example (tests/fresh_install.py)."""

from __future__ import annotations

import zipfile

import pytest

from bench import ROOT
from tests.fresh_install import SHIPPED, build_wheel


@pytest.mark.slow
def test_every_file_is_in_the_wheel_and_nothing_else(tmp_path):
    with zipfile.ZipFile(build_wheel(tmp_path)) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
        (points,) = [wheel.read(name).decode() for name in wheel.namelist() if name.endswith("entry_points.txt")]
    files = [path for name in SHIPPED for path in (ROOT / name).rglob("*") if path.is_file()]
    ours = {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}
    assert held == {*ours, "gradmark_command.py"}
    assert "gradmark = gradmark_command:main" in points
