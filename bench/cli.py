"""The command line. Every wrong input ends in one line on standard error and exit status 2.

Exit status 0: every cell has the status that is expected of it. 1: one has not. 2: wrong input. 70: a mistake of gradmark's
own. 130: interrupted.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from dataclasses import asdict, replace
from json import dumps as encode
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

import problems

from . import (
    BEGAN,
    UsageError,
    accuracy,
    answers,
    breakdown,
    cli_compare,
    cli_report,
    doctor,
    interrupt,
    limits,
    listing,
    memory_limit,
    memory_pass,
    new,
    orchestrator,
    pictures,
    plan,
    plots,
    reference,
    reserve,
    resume,
    run_folder,
    show,
    splice,
    step_pictures,
    steps,
    tables,
    terminal,
    textbook,
)
from .escape import printable
from .journal import Row, latest, plain
from .options import (
    Backends,
    Devices,
    Dtypes,
    Folder,
    Json,
    MemoryLimit,
    NoCache,
    Operations,
    Problems,
    Profile,
    Quiet,
    RunFolder,
    Threads,
    Timeout,
    number,
)
from .table import Table

IMPORT_S = time.perf_counter() - BEGAN

EXAMPLES = """\b
Examples:
  gradmark run -p xor_mlp -b jax_grad -b torch_autograd/compile
  gradmark check -p logistic_regression --dtype float32
  gradmark show xor_mlp:textbook --operation gradient_descent --json
"""

app = typer.Typer(
    help="Which way of getting derivatives is right, and which is fast: six backends, checked before they are timed.",
    epilog=EXAMPLES,
    context_settings={"max_content_width": 120},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
)


def main() -> None:
    """Run the command line and exit. With --debug, wherever it stands, an error ends in its traceback."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    if len(arguments) < len(sys.argv) - 1:
        sys.exit(execute(arguments))
    try:
        sys.exit(execute(arguments))
    except UsageError as error:
        stop(str(error), 2)
    except problems.ProblemError as error:
        stop(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        stop("interrupted", 130)
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own complaints about the command line have it
            stop(error.format_message(), 2)
        stop(f"a mistake of gradmark's own: {type(error).__name__}: {error}; --debug shows where", 70)


def execute(arguments: list[str]) -> int:
    """The exit status of a command."""
    return app(spread(arguments) or ["--help"], prog_name="gradmark", standalone_mode=False) or 0


def spread(arguments: list[str]) -> list[str]:
    """`--threads 1 2` as `--threads 1 --threads 2`, which is what the parser understands."""
    found: list[str] = []
    after = False  # a count after --threads, with nothing else between
    for argument in arguments:
        again = after and argument.isdecimal() and found[-1] != "--threads"
        found += ["--threads", argument] if again else [argument]
        after = argument == "--threads" or (after and argument.isdecimal())
    return found


def stop(message: str, status: int) -> None:
    print(f"gradmark: {printable(' '.join(message.split()))}", file=sys.stderr)
    sys.exit(status)


def select(
    chosen: list[str] | None,
    backends: list[str] | None,
    operations: list[str] | None,
    dtypes: list[str] | None,
    devices: list[str] | None,
    threads: list[str] | None,
    profile: str,
    folder: str | None,
) -> plan.Plan:
    """The plan for what was typed. Raises UsageError."""
    if folder:
        problems.add_folder(Path(folder).resolve())
    return plan.make_plan(
        plan.Selection(
            problems=tuple(chosen or ()),
            backends=tuple(backends or ()),
            operations=tuple(operations or ()),
            dtypes=tuple(dtypes or ()),
            devices=tuple(devices or ("cpu",)),
            threads=tuple(number("--threads", text, int) for text in threads or ("1",)),
            profile=profile,
        )
    )


@app.callback()
def common(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; anywhere on the line.")
    ] = False,
) -> None:
    """Which way of getting derivatives is right, and which is fast: six backends, checked before they are timed."""


creation = typer.Typer(help="Write the files of something new.", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(creation, name="new")


@creation.command("problem", epilog="Example: gradmark new problem my_problem --problems mine")
def new_problem(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The folder's name, such as my_problem.")],
    problems_folder: Annotated[
        str | None, typer.Option("--problems", metavar="DIR", help="Where to; this checkout's problems/ unless given.")
    ] = None,
) -> None:
    """Write a problem folder that passes `gradmark check` as it is, with TODO where it is to be changed."""
    inside = Path(problems_folder) if problems_folder else problems.FOLDER
    print(new.next_steps(new.write_problem(name, inside)))


@app.command("list", epilog="Example: gradmark list")
def list_all(problems_folder: Folder = None) -> None:
    """List problems, instances and operations, and backends, variants and what is missing here."""
    if problems_folder:
        problems.add_folder(Path(problems_folder).resolve())
    for name in problems.names():
        plan.load_problem(name)
    for table in (listing.of_problems(), listing.of_backends()):
        terminal.print_table(table)


@app.command(epilog="Example: gradmark run -p linear_regression:real -b jax_grad --dtype float32")
def run(
    problem: Problems = None,
    backend: Backends = None,
    operation: Operations = None,
    dtype: Dtypes = None,
    device: Devices = None,
    threads: Threads = None,
    profile: Annotated[str | None, typer.Option(help="quick (unless given), standard or rigorous.")] = None,
    problems_folder: Folder = None,
    repeats: Annotated[str | None, typer.Option(metavar="N", help="Fresh processes per cell.")] = None,
    timeout: Timeout = None,
    limit: MemoryLimit = None,
    memory: Annotated[
        bool, typer.Option("--memory", help="Measure peak memory too, afterwards, with a fresh process per cell.")
    ] = False,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="The run folder; it must be empty or new.")] = None,
    resumed: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Go on with this run: what is missing, what crashed, timed out or ended in an error, and what has other "
            "sources, library versions or settings by now. Its own selection and settings hold unless others are given.",
        ),
    ] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Check and time cells, and write a run folder with tables."""
    if out and resumed:
        raise UsageError("--out and --resume: a run is resumed in its own folder; leave out --out")
    spent = breakdown.Breakdown()
    spent.seconds["importing"] = IMPORT_S
    with spent.phase("planning"):
        reference.require_extended()
        earlier = resume.read(Path(resumed), problems_folder) if resumed else None
        typed = dict(zip(resume.SELECTION, (problem, backend, operation, dtype, device, threads), strict=True))
        selection = (earlier.selection if earlier else {}) | {name: what for name, what in typed.items() if what}
        settings = settings_of(earlier, profile, repeats, timeout, limit)
        settings["memory_follows"] = bool(memory or settings["memory_follows"])
        problem, backend, operation, dtype, device, threads = (selection.get(name) for name in resume.SELECTION)
        chosen = select(problem, backend, operation, dtype, device, threads, settings["profile"], problems_folder)
        folder = opened(out, resumed, chosen, settings | {"selection": {**selection, "problems": problems_folder}})
    this = orchestrator.Run(name=folder.name, folder=folder, spent=spent, **settings)
    stopped = finish(chosen, this, quiet)
    if this.memory_follows and not stopped:
        stopped = finish(memory_pass.plan_of(chosen, this), memory_pass.of_run(this), quiet)
    if stopped and not this.journal.path.exists():  # the folder was deleted meanwhile
        raise typer.Exit(stopped)
    report(this, quiet=quiet, json=json)
    raise typer.Exit(stopped or verdict(folder))


def settings_of(
    earlier: resume.Earlier | None, profile: str | None, repeats: str | None, timeout: str | None, limit: str | None
) -> dict[str, Any]:
    """The fields of `orchestrator.Run`: those of the run that is resumed, and what was typed. Raises UsageError."""
    found = dict(earlier.settings) if earlier else {"seed": random.SystemRandom().randrange(2**32)}
    if profile or not earlier:
        found |= orchestrator.settings(plan.known("profile", profile or "quick", tuple(plan.PROFILES)))
    if repeats:
        found["repeats"] = number("--repeats", repeats, int)
    if timeout:
        found["timeout_s"] = number("--timeout", timeout, float)
    if limit:
        found["memory_limit_bytes"] = memory_limit.size(limit)
    return found


def opened(out: str | None, resumed: str | None, chosen: plan.Plan, settings: dict[str, Any]) -> Path:
    """The run folder, new or resumed, with what will be measured written down. Raises UsageError."""
    if resumed:
        folder = Path(resumed).resolve()
        resume.reopen(folder)
        run_folder.describe_again(folder, chosen)
        return folder
    folder = Path(out).resolve() if out else run_folder.default(settings["profile"])
    run_folder.create(folder)
    run_folder.describe(folder, chosen, settings)
    return folder


def report(this: orchestrator.Run, kinds: list[str] | None = None, *, quiet: bool = False, json: bool = False) -> None:
    """Print the tables (of these kinds, or all) and where the time went, and write both into the folder where possible."""
    with this.spent.phase("reporting"):
        rows = tables.load(this.folder)
        print_rows(this.folder) if json else print_tables(rows, kinds or [])
    if not quiet:
        print(f"{tables.counts(rows)}; {run_folder.shown(this.folder)}", file=sys.stderr)
    try:
        with this.spent.phase("reporting"):
            reserve.release(this.folder)
            run_folder.summarise(this.folder, rows, this.spent)
    except OSError as error:
        print(
            f"gradmark: the tables could not be written: {error.strerror}; gradmark table makes them", file=sys.stderr
        )
    if not quiet:
        print(this.spent.line(), file=sys.stderr)


def print_tables(rows: pd.DataFrame, kinds: list[str]) -> None:
    for each in tables.of_kinds(rows, kinds):
        terminal.print_table(each)


def print_rows(folder: Path) -> None:
    """The rows that hold, as a JSON list of objects with the journal's members."""
    rows = latest(tables.Journal(folder / "journal.jsonl").rows())
    print(encode([plain(asdict(row)) for row in rows], ensure_ascii=False))


@app.command(epilog="Example: gradmark check -p xor_mlp -b jax_grad/jit")
def check(
    problem: Problems = None,
    backend: Backends = None,
    operation: Operations = None,
    dtype: Dtypes = None,
    device: Devices = None,
    threads: Threads = None,
    profile: Profile = "quick",
    problems_folder: Folder = None,
    timeout: Timeout = None,
    quiet: Quiet = False,
    json: Json = False,
    no_cache: NoCache = False,
) -> None:
    """Check that cells agree with the reference, without timing them."""
    chosen = select(problem, backend, operation, dtype, device, threads, profile, problems_folder)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stopped = finish(chosen, replace(untimed(folder, profile, timeout), fresh=no_cache), quiet)
        rows = tables.load(folder)
        print_rows(folder) if json else print_tables(rows, ["accuracy"])
        if not quiet:
            for row in unexpected(folder):
                print(terminal.line(row), file=sys.stderr)
            print(tables.counts(rows), file=sys.stderr)
        raise typer.Exit(stopped or verdict(folder))


@app.command("accuracy", epilog="Example: gradmark accuracy results/curated --format md")
def tell_accuracy(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="A run folder; checks cells now where left out.")
    ] = None,
    problem: Problems = None,
    backend: Backends = None,
    operation: Operations = None,
    dtype: Dtypes = None,
    profile: Profile = "quick",
    problems_folder: Folder = None,
    timeout: Timeout = None,
    no_cache: NoCache = False,
    form: Annotated[str | None, typer.Option("--format", help="md, html or latex.")] = None,
    into: Annotated[str | None, typer.Option(metavar="FILE", help="Splice into FILE, as Markdown.")] = None,
) -> None:
    """Tell how many digits are right: by problem, over all cells, and the worst cells with the reason."""
    if form:
        plan.known("format", form, list(tables.FORMATS))
    if run:
        if backend or problems_folder or timeout or no_cache or profile != "quick":
            raise UsageError("RUN holds what was measured: only --problem, --operation and --dtype select from it")
        rows = tables.only(tables.load(Path(run)), problem=problem, operation=operation, dtype=dtype)
        stopped = 0
    else:
        both = dtype or list(plan.DTYPES)
        chosen = select(problem, backend, operation, both, None, None, profile, problems_folder)
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            stopped = finish(chosen, replace(untimed(folder, profile, timeout), fresh=no_cache)) or verdict(folder)
            rows = tables.load(folder)
    show_tables(list(accuracy.all_tables(rows)), form, into)
    raise typer.Exit(stopped)


def show_tables(found: list[Table], form: str | None, into: str | None) -> None:
    """Print the tables, in a format, or splice them into a file."""
    if into:
        splice.into(Path(into), "\n".join(tables.to_markdown(each) for each in found))
    elif form:
        print("\n".join(tables.FORMATS[form](each) for each in found))
    else:
        for each in found:
            terminal.print_table(each)


@app.command("show", epilog="Example: gradmark show xor_mlp:textbook --operation gradient_descent --json")
def show_values(
    case: Annotated[str, typer.Argument(metavar="PROBLEM:INSTANCE")],
    backend: Backends = None,
    operation: Annotated[str, typer.Option()] = "gradient",
    dtype: Annotated[str, typer.Option()] = "float64",
    device: Annotated[str, typer.Option()] = "cpu",
    problems_folder: Folder = None,
    timeout: Timeout = None,
    json: Annotated[bool, typer.Option("--json", help="All numbers, in full precision.")] = False,
) -> None:
    """Print the computed values of a case side by side, one column per backend."""
    if ":" not in case:
        raise UsageError(f"{case}: expected PROBLEM:INSTANCE, for example linear_regression:textbook")
    chosen = select([case], backend, [operation], [dtype], [device], None, "standard", problems_folder)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stopped = finish(chosen, untimed(folder, "standard", timeout, values=True))
        content = show.collect(chosen, folder)
        if json:
            print(show.to_json(content))
        else:
            terminal.print_table(show.to_table(content))
        raise typer.Exit(stopped or verdict(folder))


@app.command("doctor", epilog="Example: gradmark doctor")
def examine() -> None:
    """Tell what is installed, the devices and threads, and what would make measurements better here."""
    for each in (doctor.of_machine(), doctor.of_backends()):
        terminal.print_table(each)


@app.command("scale", epilog="Example: gradmark scale logistic_regression -b numpy_hand -b jax_grad/jit")
def scale(
    problem: Annotated[str, typer.Argument(metavar="PROBLEM")],
    backend: Backends = None,
    operation: Operations = None,
    dtype: Dtypes = None,
    device: Devices = None,
    threads: Threads = None,
    profile: Profile = "quick",
    problems_folder: Folder = None,
    repeats: Annotated[str | None, typer.Option(metavar="N", help="Fresh processes per cell.")] = None,
    timeout: Timeout = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="The run folder; it must be empty or new.")] = None,
) -> None:
    """Time a problem at growing sizes (its gradient, unless told), fit the exponents, and say what overtakes what."""
    reference.require_extended()
    settings = settings_of(None, plan.known("profile", profile, tuple(plan.PROFILES)), repeats, timeout, None)
    settings["memory_follows"] = False
    sizes = plan.ladder(problem, problems_folder)
    operation = operation or ["gradient"]
    chosen = select(sizes, backend, operation, dtype, device, threads, profile, problems_folder)
    typed = dict(zip(resume.SELECTION, (sizes, backend, operation, dtype, device, threads), strict=True))
    folder = opened(out, None, chosen, settings | {"selection": {**typed, "problems": problems_folder}})
    this = orchestrator.Run(name=folder.name, folder=folder, **settings)
    stopped = finish(chosen, this)
    report(this, ["scaling"])
    raise typer.Exit(stopped or verdict(folder))


@app.command("limits", epilog="Example: gradmark limits --threads 1 --threads 2 --dtype float64")
def measure_limits(
    threads: Threads = None,
    dtype: Dtypes = None,
    again: Annotated[bool, typer.Option("--again", help="Measure what is known already, too.")] = False,
) -> None:
    """Measure this machine's memory bandwidth and matrix products, which tables compare with; once per machine."""
    counts = [number("--threads", text, int) for text in threads or []] or limits.default_threads()
    plan.check(plan.Selection(dtypes=tuple(dtype or ()), threads=tuple(counts)))
    known = limits.measured(counts, dtype or list(plan.DTYPES), again, lambda what: print(what, file=sys.stderr))
    terminal.print_table(limits.to_table(known))


@app.command(epilog="Example: gradmark table results/curated --format latex > tables.tex")
def table(
    folder: RunFolder,
    form: Annotated[str | None, typer.Option("--format", help="md, csv, latex or html.")] = None,
    problem: Annotated[list[str] | None, typer.Option("--problem", "-p", help="Only these.")] = None,
    operation: Annotated[list[str] | None, typer.Option(help="Only these.")] = None,
    dtype: Annotated[list[str] | None, typer.Option(help="Only these.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only these: time, cost, scaling, memory, accuracy or threads.")
    ] = None,
    into: Annotated[str | None, typer.Option(metavar="FILE", help="Splice into FILE, as Markdown.")] = None,
) -> None:
    """Print the tables of a run again, from its journal."""
    if form:
        plan.known("format", form, [*tables.FORMATS, "csv"])
    if (into and form) or (form == "csv" and kind):
        raise UsageError(
            "--into splices Markdown and --format csv prints all rows: leave out --format, or --into and --kind"
        )
    rows = tables.load(Path(folder))
    if rows.empty:
        raise UsageError(
            f"{folder}: no rows in its journal; nothing was measured, or it was interrupted before the first cell"
        )
    rows = tables.only(rows, problem=problem, operation=operation, dtype=dtype)
    if form == "csv":
        print(tables.render(rows, "csv"), end="")
        return
    found = tables.of_kinds(rows, kind or [])
    show_tables(found, form, into)


@app.command("textbook", epilog="Example: gradmark textbook 3.10 3.11 3.12")
def judge_textbook(
    number: Annotated[
        list[str] | None, typer.Argument(metavar="[NUMBER]...", help="Such as 3.10; all by default.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown rather than text.")] = False,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write Markdown to FILE.")] = None,
) -> None:
    """Compute every example of the articles now, and say which are reproduced and which are wrong, and by how much."""
    claims = textbook.numbers(number or [])
    reference.require_extended()
    if out and not Path(out).parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {Path(out).parent}")
    evidence, notes = textbook.gather(claims)
    found, surprises = textbook.table(claims, evidence, notes)
    if out:
        Path(out).write_text(tables.to_markdown(found))
    elif markdown:
        print(tables.to_markdown(found))
    else:
        terminal.print_table(found)
    for line in surprises:
        print(line, file=sys.stderr)
    raise typer.Exit(1 if surprises else 0)


@app.command("steps", epilog="Example: gradmark steps logistic_regression:real")
def sweep_steps(
    case: Annotated[str, typer.Argument(metavar="PROBLEM[:INSTANCE]")],
    out: Annotated[str | None, typer.Option(metavar="DIR", help="results/steps unless given.")] = None,
    problems_folder: Folder = None,
) -> None:
    """Sweep the step of differences from 1 to 1e-16: curves as SVG and PNG, and the best step and error beside theory."""
    if problems_folder:
        problems.add_folder(Path(problems_folder).resolve())
    reference.require_extended()
    chosen, left_out = steps.cases(case)
    folder = pictures.writable(Path(out).resolve() if out else steps.FOLDER)
    found = []
    for each in chosen:
        curves = list(steps.curves(*each))
        for path in step_pictures.save(curves, folder) if curves else ():
            print(run_folder.shown(path), file=sys.stderr)
        found += curves
    table = steps.table(found, left_out)
    (folder / f"{case.replace(':', '_')}.md").write_text(tables.to_markdown(table))
    terminal.print_table(table)
    raise typer.Exit(1 if any(each.verdict() == steps.UNEXPLAINED for each in found) else 0)


@app.command("pitfalls", epilog="Example: gradmark pitfalls norm_at_0 -b torch_autograd -b jax_grad")
def judge_pitfalls(
    trap: Annotated[list[str] | None, typer.Argument(metavar="[TRAP]...", help="All by default.")] = None,
    backend: Backends = None,
    dtype: Dtypes = None,
    timeout: Timeout = None,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write Markdown to FILE.")] = None,
) -> None:
    """What every backend answers where gradients go wrong: right, wrong by how much, NaN, an error and its text."""
    if out and not Path(out).parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {Path(out).parent}")
    cases = [f"{answers.PROBLEM}:{name}" for name in trap or []] or [answers.PROBLEM]
    chosen = select(cases, backend, ["gradient"], dtype, None, None, "standard", None)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stopped = finish(chosen, untimed(folder, "standard", timeout, values=True))
        found = answers.of_run(chosen, folder)
        if out:
            Path(out).write_text("\n".join(tables.to_markdown(each) for each in found))
        for each in () if out else found:
            terminal.print_table(each)
        for row in unexpected(folder):
            print(terminal.line(row), file=sys.stderr)
        raise typer.Exit(stopped or verdict(folder))


@app.command(epilog="Example: gradmark plot results/curated --kind matrix --operation gradient --format pdf")
def plot(
    what: Annotated[str, typer.Argument(metavar="RUN|textbook", help="A run folder, or the textbook's examples.")],
    kind: Annotated[
        list[str] | None, typer.Option(help="Of a run: time, accuracy, ratio, scaling, steps, matrix.")
    ] = None,
    form: Annotated[list[str] | None, typer.Option("--format", help="Of a run: svg, png or pdf; repeatable.")] = None,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="RUN/plots, or results/textbook, unless given.")
    ] = None,
    problem: Annotated[list[str] | None, typer.Option("--problem", "-p", help="Of a run: only these.")] = None,
    operation: Annotated[list[str] | None, typer.Option(help="Of a run: only these.")] = None,
    dtype: Annotated[list[str] | None, typer.Option(help="Of a run: only these.")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this picture of the textbook.")] = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="For the textbook: times of this run, not measured now.")
    ] = None,
    timeout: Timeout = None,
) -> None:
    """Draw pictures a column wide for papers; files of the same names are replaced."""
    if what == "textbook":
        plot_textbook(out, only, run, timeout)
        return
    kinds = [plan.known("kind of plot", name, tuple(plots.KINDS)) for name in kind or []]
    forms = [plan.known("format", name, plots.FORMATS) for name in form or ["svg"]]
    if not kinds:
        if not Path(what).exists():
            raise UsageError(problems.unknown("thing to plot", what, ["textbook"]) + "; or a run folder with --kind")
        raise UsageError(f"plot {what}: say what to draw: --kind {'|'.join(plots.KINDS)}, repeatable")
    cells = plots.select(Path(what), problem=problem, operation=operation, dtype=dtype)
    folder = pictures.writable(Path(out).resolve() if out else Path(what).resolve() / "plots")
    for name in kinds:
        found = plots.select_curves(Path(what), problem, dtype) if name == "steps" else cells
        for path in plots.save(found, name, folder, forms):
            print(run_folder.shown(path))


def plot_textbook(out: str | None, only: list[str] | None, run: str | None, timeout: str | None) -> None:
    names = pictures.chosen(only or [])
    folder = pictures.writable(Path(out).resolve() if out else pictures.TEXTBOOK)
    rows = None
    if needs := pictures.needed(names):
        rows = tables.load(Path(run)) if run else measured(pictures.plan_for(needs), timeout)
    for name in names:
        for path in pictures.save(name, folder, rows):
            print(run_folder.shown(path))


def measured(chosen: plan.Plan, timeout: str | None) -> pd.DataFrame:
    """The rows of a quick run of these cells, which leaves no folder. A failed cell is reported, and exits."""
    settings = orchestrator.settings("quick") | {"seed": random.SystemRandom().randrange(2**32)}
    if timeout:
        settings["timeout_s"] = number("--timeout", timeout, float)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        failed = finish(chosen, orchestrator.Run(name="plot", folder=folder, **settings))
        for row in unexpected(folder):
            print(terminal.line(row), file=sys.stderr)
        if status := failed or verdict(folder):
            raise typer.Exit(status)
        return tables.load(folder)


def untimed(folder: Path, profile: str, timeout: str | None, values: bool = False) -> orchestrator.Run:
    """A run that only checks. It has no limit on what takes long: that is what the timeout is for."""
    settings = orchestrator.settings(profile) | {"repeats": 1, "time": False, "values": values, "limit_s": None}
    if timeout:
        settings["timeout_s"] = number("--timeout", timeout, float)
    return orchestrator.Run(name="", folder=folder, **settings)


def finish(chosen: plan.Plan, run: orchestrator.Run, quiet: bool = False) -> int:
    """Execute the run under a progress display; 0 if it ran to its end, else the exit status that this deserves."""
    total = len(chosen.cells) * run.repeats + len(chosen.absent)
    try:
        with interrupt.once(), terminal.progress(run, total, quiet=quiet):
            orchestrator.execute(chosen, run)
    except KeyboardInterrupt:
        print("gradmark: interrupted; the run folder holds what was measured", file=sys.stderr)
        return 130
    except orchestrator.Stopped as reason:
        print(f"gradmark: {reason}; the journal holds what was measured until then", file=sys.stderr)
        return 1
    return 0


def unexpected(folder: Path) -> list[Row]:
    """Rows whose status is not what their instance declares, those of the memory pass included."""
    journals = (folder / "journal.jsonl", folder / orchestrator.MEMORY_JOURNAL)
    rows = [row for path in journals for row in latest(tables.Journal(path).rows())]
    return [row for row in rows if not plan.is_expected(row.cell, row.status)]


def verdict(folder: Path) -> int:
    """The exit status that the rows deserve."""
    return 1 if unexpected(folder) else 0


cli_compare.register(app)
cli_report.register(app)
