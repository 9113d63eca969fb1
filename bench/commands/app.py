"""The command line as typer knows it: all commands, and what `gradmark --help` says."""

from __future__ import annotations

import ast
import inspect
from functools import wraps
from textwrap import dedent
from typing import Any

import typer

from . import GROUPS
from .options import common_options

WHAT_IT_IS = (
    "Which way of getting derivatives is right, and which is fast; every backend is checked before it is timed."
)
EXAMPLES = """\b
Examples:
  gradmark run -p xor_mlp -b jax_grad -b torch_autograd/compile
  gradmark check -p logistic_regression --dtype float32
  gradmark show xor_mlp:textbook --operation gradient_descent --json
"""

app = typer.Typer(
    help=WHAT_IT_IS,
    epilog=EXAMPLES,
    context_settings={"max_content_width": 120, "help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
)


def described(command: Any) -> str | None:
    """The docstring of a command, which `python -OO` drops, as its file has it."""
    return command.__doc__ or ast.get_docstring(ast.parse(dedent(inspect.getsource(command))).body[0])  # type: ignore[arg-type]


def interruptible(command: Any) -> Any:
    """The command, but for Ctrl-C, after which typer would end it without a word."""

    @wraps(command)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except KeyboardInterrupt:
            raise typer.Abort from None

    return call


app.callback(help=WHAT_IT_IS)(common_options)
for group in GROUPS:
    group.register(app)
for each in (app, *(inner.typer_instance for inner in app.registered_groups)):
    for command in each.registered_commands if each else ():
        command.help = command.help or described(command.callback)
        command.callback = interruptible(command.callback)
