"""The command line: parse, call one public function, print. No science here.

Needs    every room before it, each opened only when its command is called, so that ``--help`` is quick
Gives    ``main``, which the command ``enkephalin`` calls; exit codes 0 done, 1 the work failed, 2 the request was wrong
Leaves   what the commands do: see the functions that they call
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Annotated

import typer

from ..errors import EnkephalinError
from . import audit, catalog, doctor, explain, meta, simulate, trial
from .output import print_json

DONE, FAILED, WRONG_REQUEST = 0, 1, 2
INTERRUPTED = 128 + 2  # how typer tells of Ctrl-C
JSON = "--json"
SELDOM = 200_000  # objects made between two searches for circles: libraries make many, and keep them
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
    trial.trial,
    meta.meta,
    audit.audit,
    catalog.list_,
    catalog.show,
    explain.explain,
    catalog.resolve,
    catalog.schema,
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
    given = sys.argv[1:] if arguments is None else arguments
    gc.set_threshold(SELDOM)
    _open_streams(json=JSON in given)
    code = run(given)
    gc.freeze()  # all that is left goes with the process; searching it for circles takes as long as a life of a year
    sys.exit(code)


def _open_streams(*, json: bool) -> None:
    """Streams that take every character, even closed ones and those of an old terminal; JSON is UTF-8."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    for stream, encoding in ((sys.stdout, "utf-8" if json else None), (sys.stderr, None)):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=encoding, errors="replace")


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    try:
        code = app(args=list(arguments) or ["--help"], prog_name="enkephalin", standalone_mode=False)
        sys.stdout.flush()
    except EnkephalinError as error:
        return _say(error, arguments, error.exit_code)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        _write_no_more()
        return DONE
    except (KeyboardInterrupt, typer.Abort):
        return _stopped(arguments)
    except OSError as error:
        if SHOW_TRACEBACK in os.environ:
            raise
        return _say(_unwritten(error), arguments, FAILED)
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own way to say that the arguments are wrong
            return _wrong_arguments(error, arguments)
        if SHOW_TRACEBACK in os.environ:
            raise
        return _inner_fault(error, arguments)
    if code == INTERRUPTED:
        return _stopped(arguments)
    return code if isinstance(code, int) else DONE


def _stopped(arguments: Sequence[str]) -> int:
    """The user wants no more."""
    return _say(EnkephalinError("stopped before it was done"), arguments, FAILED)


def _unwritten(error: OSError) -> EnkephalinError:
    """A disk that is full, a folder that is not ours."""
    return EnkephalinError(
        "something cannot be read or written",
        place=str(error.filename or "standard output"),
        found=error.strerror or str(error),
        expected="a place that can be read and written",
        try_="room on the disk, or another place",
    )


def _say(error: EnkephalinError, arguments: Sequence[str], code: int) -> int:
    """The message to standard error; where JSON was asked for and not yet given, the one document says it too."""
    print(error, file=sys.stderr)
    try:
        if JSON in arguments and not error.more.get("answered"):
            parts = error.parts()
            way_out = parts.pop("try_")
            print_json({"error": {"problem": error.problem, **parts, "try": way_out}})
        sys.stdout.flush()
    except OSError:
        _write_no_more()
    return code


def _write_no_more() -> None:
    """Standard output is gone: what is still to be written goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
    return _say(wrong, arguments, WRONG_REQUEST)


def _inner_fault(error: Exception, arguments: Sequence[str]) -> int:
    """A fault of the program itself, said as such."""
    kind = type(error).__name__
    fault = EnkephalinError(
        "a fault of the program, not of your request",
        place="enkephalin",
        found=f"{kind}: {error}" if str(error) else kind,
        try_=f"the same command with {SHOW_TRACEBACK}=1 before it, and report what it prints",
    )
    return _say(fault, arguments, FAILED)
