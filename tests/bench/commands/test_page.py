"""COMMANDS.md is what the help says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench import ROOT
from bench.commands.page import commands_page
from tests.bench.processes import typed

PAGE = (ROOT / "COMMANDS.md").read_text()


@pytest.mark.slow
def test_the_page_is_up_to_date():
    """If not: python -m bench.commands.page > COMMANDS.md"""
    assert commands_page() == PAGE
    command = [sys.executable, "-OO", "-m", "bench.commands.page"]  # with and without docstrings
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == PAGE


def test_every_command_has_a_section_with_usage_and_example():
    listed = typed("--help").stdout.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    names = [line.split()[0] for line in listed]
    assert len(names) > 15
    for name in names:
        section = PAGE.partition(f"## gradmark {name}")[2].partition("\n## ")[0]
        assert "Usage: `gradmark " in section
        assert "```sh\ngradmark " in section


def test_the_list_of_commands_cuts_no_sentence_short():
    assert "..." not in typed("--help", COLUMNS="80").stdout.partition("Commands:\n")[2].partition("\n\n")[0]
