"""The command line: parse, call one public function, print. No science here.

Needs    every room before it, each opened only when its command is called, so that ``--help`` is quick
Gives    ``main``, which the command ``enkephalin`` calls; exit codes 0 done, 1 the work failed, 2 the request was wrong
Leaves   what the commands do: see the functions that they call
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from ..errors import EnkephalinError
from . import audit, catalog, doctor, explain, meta, simulate

DONE, FAILED, WRONG_REQUEST = 0, 1, 2
INTERRUPTED = 128 + 2  # how typer tells of Ctrl-C
SHOW_TRACEBACK = "ENKEPHALIN_TRACEBACK"  # set it to anything to see where in the program an inner fault arose

app = typer.Typer(
    name="enkephalin",
    help="A virtual laboratory of the human endogenous opioid system. A research tool: it gives no medical advice.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    simulate.simulate,
    meta.meta,
    audit.audit,
    catalog.list_,
    catalog.show,
    explain.explain,
    catalog.resolve,
    catalog.check,
    doctor.doctor,
):
    app.command(name=command.__name__.strip("_"))(command)


def _say_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(version("enkephalin"))
        raise typer.Exit


@app.callback()
def front(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """A virtual laboratory of the human endogenous opioid system. A research tool: it gives no medical advice."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code. Messages go to standard error, without a traceback."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    try:
        code = app(args=list(arguments) or ["--help"], prog_name="enkephalin", standalone_mode=False)
        sys.stdout.flush()
    except EnkephalinError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (KeyboardInterrupt, typer.Abort):
        return _stopped()
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own way to say that the arguments are wrong
            return _wrong_arguments(error, arguments)
        if SHOW_TRACEBACK in os.environ:
            raise
        return _inner_fault(error)
    if code == INTERRUPTED:
        return _stopped()
    return code if isinstance(code, int) else DONE


def _stopped() -> int:
    """The user wants no more."""
    print("stopped before it was done", file=sys.stderr)
    return FAILED


def _wrong_arguments(error: Exception, arguments: Sequence[str]) -> int:
    """Typer's message in the four-part form."""
    message = error.format_message().strip().rstrip(".")  # type: ignore[attr-defined]
    command = next((word for word in arguments if not word.startswith("-")), "")
    known = {info.name for info in app.registered_commands}
    helping = f"enkephalin {command} --help" if command in known else "enkephalin --help"
    wrong = EnkephalinError(
        message[:1].lower() + message[1:],
        place="command line",
        found=" ".join(["enkephalin", *arguments]),
        try_=helping,
    )
    print(wrong, file=sys.stderr)
    return WRONG_REQUEST


def _inner_fault(error: Exception) -> int:
    """A fault of the program itself, said as such."""
    kind = type(error).__name__
    fault = EnkephalinError(
        "a fault of the program, not of your request",
        place="enkephalin",
        found=f"{kind}: {error}" if str(error) else kind,
        try_=f"the same command with {SHOW_TRACEBACK}=1 before it, and report what it prints",
    )
    print(fault, file=sys.stderr)
    return FAILED
