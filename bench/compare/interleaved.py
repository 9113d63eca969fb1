"""Two checkouts measured interleaved (A, B, B, A, …), so that a temporary slowdown of the machine hits both.

Each turn is a `gradmark run --repeats 1` of one backend in one checkout, in a process started there; the rows are gathered
in one run folder for each of the two.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from .. import CACHE, CACHE_FOLDER, UsageError
from ..data.files import read_json_object, write_json
from ..data.temporary import TemporaryFolder
from ..machine.process import LOCK_FOLDER, machine_held, start_command
from ..rows.environment import ENVIRONMENT_FILE, SOURCES_FILE, read_environment, read_sources
from ..rows.journal import Journal
from ..run.folder import create_folder, release_reserve
from ..run.imported_sources import MEMBER, imported_digests, require_own_sources

SIDES = ("A", "B")


@dataclass(frozen=True)
class InterleavedRuns:
    """What is measured. checkouts: of A and of B. selections: options of `gradmark run`, one list per backend.

    folders: where the two runs go. tell: called with a line before each turn.
    """

    checkouts: tuple[Path, Path]
    folders: tuple[Path, Path]
    selections: list[list[str]]
    repeats: int
    seed: int
    tell: Callable[[str], None] = lambda line: None


def measure_interleaved(turns: InterleavedRuns) -> None:
    """Measure all turns, and write two run folders. Raises UsageError where a checkout cannot do what is asked."""
    for checkout in turns.checkouts:
        require_checkout(checkout)
    for folder in turns.folders:
        create_folder(folder)
        release_reserve(folder)  # a turn keeps one of its own
    order = list(interleaved_schedule(turns))
    with machine_held(turns.folders[0].name, turns.tell), TemporaryFolder() as locks:
        alone = turn_environment(str(locks))
        for number, (repeat, side, selection) in enumerate(order, start=1):
            which = f"{SIDES[side]}, repeat {repeat + 1} of {turns.repeats}"
            turns.tell(f"turn {number} of {len(order)}: {which}: {' '.join(selection)}")
            measure_turn(turns, repeat, side, selection, alone)


def interleaved_schedule(turns: InterleavedRuns) -> Iterator[tuple[int, int, list[str]]]:
    """(repeat, side, selection) in order: A and B next to each other, and A first in half of a backend's repeats.

    Which half is drawn, two repeats at a time: under equal times both signs of a pair's difference are then equally likely,
    whatever the machine does meanwhile. Backends are in a new order in each repeat.
    """
    draw = random.Random(turns.seed)
    first: dict[int, int] = {}
    for repeat in range(turns.repeats):
        places = list(range(len(turns.selections)))
        draw.shuffle(places)
        for place in places:
            first[place] = 1 - first[place] if repeat % 2 else draw.randrange(2)
            for side in (first[place], 1 - first[place]):
                yield repeat, side, turns.selections[place]


def require_checkout(path: Path) -> None:
    if not (path / "bench" / "__main__.py").is_file():
        raise UsageError(f"{path}: not a checkout of gradmark (bench/__main__.py is missing)")


def measure_turn(
    turns: InterleavedRuns, repeat: int, side: int, selection: list[str], environment: dict[str, str]
) -> None:
    """One run in one checkout, and its rows into the folder of its side."""
    folder = turns.folders[side]
    pass_folder = folder / "turn"
    arguments = ["run", *selection, "--repeats", "1", "--out", str(pass_folder)]
    with subprocess.Popen(
        start_command("bench", *arguments, root=turns.checkouts[side]),
        cwd=turns.checkouts[side],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        try:
            _, told = process.communicate()
        except BaseException:  # it may not have had the signal that ends this process
            process.terminate()
            process.communicate()
            shutil.rmtree(pass_folder, ignore_errors=True)
            raise
    if process.returncode not in (0, 1):  # 1: some cell has an unexpected status, which its row tells
        shutil.rmtree(pass_folder, ignore_errors=True)
        words = told.strip().splitlines()[-1:] or [f"exit status {process.returncode}"]
        raise UsageError(f"in {turns.checkouts[side].name}: {words[0].removeprefix('gradmark: ')}")
    require_own_sources(
        turns.checkouts[side],
        read_environment(pass_folder),
        read_sources(pass_folder),
    )
    gather_rows(turns, pass_folder, folder, repeat)


def turn_environment(locks: str) -> dict[str, str]:
    """The variables of a turn. Workers of an older checkout start by `-m` in it, which PYTHONSAFEPATH would undo."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    cache = {CACHE_FOLDER: str(CACHE)} if os.environ.get(CACHE_FOLDER) else {}  # named from this folder
    return {**kept, **cache, LOCK_FOLDER: locks}  # the machine is held for all turns, not for each


def gather_rows(turns: InterleavedRuns, pass_folder: Path, folder: Path, repeat: int) -> None:
    """Append the rows of a turn to a run, under the number of its repeat; the first turn's environment is the run's."""
    journal = Journal(folder / "journal.jsonl")
    for row in Journal(pass_folder / "journal.jsonl").rows():
        journal.append_row(replace(row, run=folder.name, repeat=repeat))
    settings = {"repeats": turns.repeats, "seed": turns.seed, "interleaved": f"{turns.seed:08x}"}
    imported = imported_digests(read_environment(pass_folder))
    more: dict[str, Mapping[str, object]] = {"settings": settings, MEMBER: imported}
    join_objects(folder / ENVIRONMENT_FILE, pass_folder / ENVIRONMENT_FILE, more)
    join_objects(folder / SOURCES_FILE, pass_folder / SOURCES_FILE, {})
    shutil.rmtree(pass_folder)


def join_objects(kept: Path, found: Path, more: Mapping[str, Mapping[str, object]]) -> None:
    """Add to an object in a file the members that another file's object has besides; `more` goes into its members."""
    content = read_json_object(found) | read_json_object(kept)
    for name, members in more.items():
        content[name] = {**content.get(name, {}), **members}
        content[name].pop(
            "selection", None
        )  # of one backend; without it the run is not resumed, which would end the turns
    write_json(kept, content)
