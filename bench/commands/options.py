"""Options that several commands have: the selection of cells, declared once, and others; how their texts are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

import backends
import problems

from .. import UsageError
from ..machine.facts import cpus_usable
from ..plan.selection import Plan, Selection, make_plan
from ..text.message import say

FOLDER = "_folder"  # how a field ends whose option is a folder: `problems_folder` is --problems DIR


@dataclass(frozen=True)
class SelectionOptions:
    """What was typed of the options that select cells, as text; None where nothing was. A field is an option."""

    problem: Annotated[
        list[str] | None,
        typer.Option("--problem", "-p", metavar="PROBLEM[:INSTANCE]", help="Only this problem; repeatable."),
    ] = None
    backend: Annotated[
        list[str] | None,
        typer.Option("--backend", "-b", metavar="BACKEND[/VARIANT]", help="Only this backend; repeatable."),
    ] = None
    operation: Annotated[
        list[str] | None, typer.Option("--operation", metavar="NAME", help="Such as gradient or hessian; repeatable.")
    ] = None
    dtype: Annotated[
        list[str] | None, typer.Option("--dtype", metavar="NAME", help="float64 or float32; repeatable.")
    ] = None
    device: Annotated[
        list[str] | None, typer.Option("--device", metavar="NAME", help="cpu (default) or cuda; repeatable.")
    ] = None
    threads: Annotated[
        list[str] | None, typer.Option("--threads", metavar="N", help="Threads of a worker; default 1; repeatable.")
    ] = None
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="quick (default), standard or rigorous.")
    ] = None
    problems_folder: Annotated[
        str | None, typer.Option("--problems", metavar="DIR", help="Add the problems in DIR, a folder of your own.")
    ] = None
    backends_folder: Annotated[
        str | None, typer.Option("--backends", metavar="DIR", help="Add the backends in DIR, a folder of your own.")
    ] = None

    @property
    def profile_name(self) -> str:
        return self.profile or "quick"

    def by_option(self) -> dict[str, Any]:
        """Option → what was typed: `problem`, and `problems` for the folder."""
        return {each.name.removesuffix(FOLDER): getattr(self, each.name) for each in fields(self)}

    def add_folders(self) -> None:
        """Make the user's own problems and backends known. Raises ProblemError or BackendError."""
        if self.problems_folder:
            problems.add_folder(Path(self.problems_folder).resolve())
        if self.backends_folder:
            backends.add_folder(Path(self.backends_folder).resolve())
            for warning in stray_folders(Path(self.backends_folder)):
                say(warning)

    def plan(self) -> Plan:
        """The cells for what was typed, with the user's own folders added. Raises UsageError.

        A backend that was typed and of which nothing is run gets a line on standard error.
        """
        self.add_folders()
        chosen = make_plan(
            Selection(
                profile=self.profile_name,
                problems=tuple(self.problem or ()),
                backends=tuple(self.backend or ()),
                operations=tuple(self.operation or ()),
                dtypes=tuple(self.dtype or ()),
                devices=tuple(self.device or ["cpu"]),
                threads=tuple(map(thread_count, self.threads or ["1"])),
            )
        )
        for warning in idle_backends(chosen, self.backend or []):
            say(warning)
        return chosen

    def arguments(self) -> list[str]:
        """The words that select the same cells on another command line, started in another folder."""
        words: list[str] = []
        for option, typed in self.by_option().items():
            is_folder = option in ("problems", "backends")
            for text in [typed] if isinstance(typed, str) else typed or []:
                words += [f"--{option}", str(Path(text).resolve()) if is_folder else text]
        return words


def stray_folders(folder: Path) -> Iterator[str]:
    """A sentence for each folder in that of --backends which looks like a problem's and has the name of none."""
    adapters = backends.adapters_in(folder)
    for inner in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))):
        holds = [path.stem for path in inner.glob("*.py")]
        looks_so = bool(set(holds) & set(adapters)) or (bool(holds) and "__init__" not in holds)
        if looks_so and inner.name not in problems.names():
            yield f"{inner}: left out: {problems.unknown('problem', inner.name, problems.names())}"


def idle_backends(chosen: Plan, typed: Sequence[str]) -> Iterator[str]:
    """A sentence for each backend that was typed and of which every cell is omitted, with the first reason."""
    for name in dict.fromkeys(choice.partition("/")[0] for choice in typed):
        reasons = [absence for cell, absence in chosen.absent.items() if cell.backend == name]
        if all(cell.backend != name for cell in chosen.cells) and {each.status for each in reasons} == {"omitted"}:
            yield f"{name}: nothing is run, as every cell of it is omitted; the first: {reasons[0].reason}"


def positive_number(option: str, text: str, kind: type[int] | type[float]) -> Any:
    """A positive number from the command line. Raises UsageError."""
    try:
        value = kind(text)
    except ValueError:
        value = kind(0)
    if not 0 < value < float("inf"):
        what = "a whole number of at least 1" if kind is int else "a positive number of seconds"
        raise UsageError(f"{option} {text}: expected {what}")
    return value


def thread_count(text: str) -> int:
    """A number of threads, no more than the CPUs. Raises UsageError."""
    count, cores = positive_number("--threads", text, int), cpus_usable()
    if count > cores:
        raise UsageError(f"--threads {count}: expected 1 to {cores}, the CPUs that this process may use")
    return int(count)


SELECTION_FIELDS = tuple(each.name for each in fields(SelectionOptions))


def takes_selection(*offered: str, without: str = "") -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorates a command: these options (all, unless named) arrive in its parameter `selection`.

    Typer reads the signature, in which an option for each field stands in place of the parameter.
    """
    names = [name for name in offered or SELECTION_FIELDS if name != without]
    hints = get_type_hints(SelectionOptions, include_extras=True)
    options = [Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=hints[name]) for name in names]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def call(**typed: Any) -> None:
            selection = SelectionOptions(**{name: typed.pop(name) for name in names})
            command(selection=selection, **typed)

        own = signature(command, eval_str=True).parameters.values()
        parameters = [
            option
            for each in own
            for option in (options if each.name == "selection" else [each.replace(kind=Parameter.KEYWORD_ONLY)])
        ]
        vars(call)["__signature__"] = Signature(parameters)
        call.__annotations__ = {each.name: each.annotation for each in parameters}
        return call

    return decorate


MemoryLimitOption = Annotated[
    str | None, typer.Option("--memory-limit", metavar="SIZE", help="Memory of a worker, such as 2GB.")
]
TimeoutOption = Annotated[
    str | None, typer.Option("--timeout", metavar="SECONDS", help="Limit for preparing and checking a cell.")
]
RepeatsOption = Annotated[str | None, typer.Option("--repeats", metavar="N", help="Processes per cell.")]
OutOption = Annotated[str | None, typer.Option("--out", metavar="DIR", help="Run folder; must be empty or new.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print failures only.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print rows as JSON, not tables.")]
NoCacheOption = Annotated[bool, typer.Option("--no-cache", help="Compute the references again.")]
IntoOption = Annotated[str | None, typer.Option("--into", metavar="FILE", help="Splice the tables into FILE.")]
MarkdownOutOption = Annotated[str | None, typer.Option("--out", metavar="FILE", help="Write Markdown to FILE.")]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run folder, such as results/curated.")]
ProblemFilter = Annotated[
    list[str] | None, typer.Option("--problem", "-p", metavar="PROBLEM", help="Only this problem; repeatable.")
]
OperationFilter = Annotated[
    list[str] | None, typer.Option("--operation", metavar="NAME", help="Only this operation; repeatable.")
]
DtypeFilter = Annotated[list[str] | None, typer.Option("--dtype", metavar="NAME", help="Only this dtype; repeatable.")]


def common_options(
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.")] = False,
) -> None:
    """`--debug` is read by `cli.main`, wherever it stands; here it is declared for the help."""
