"""Files: from bytes on disk to clean text, files written as a whole, and how a path is shown in a message.

Needs    nothing
Gives    ``read_text``, ``own_yaml``, ``make_ready``, ``write_whole``, ``shown``, ``PACKAGE``, ``HIDDEN``
Leaves   what the text means: see ``reader`` (YAML) and ``tables`` (CSV)
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from ..errors import RecordError, WorkError

PACKAGE = Path(__file__).resolve().parents[1]
LARGEST_FILE = 1_000_000  # bytes; the largest record of the catalog is a hundredth of this

# Control characters, and the marks that turn the direction of writing so that a line reads otherwise than it is.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def shown(path: Path | str) -> str:
    """A path as messages show it: from the package or the working folder where it lies there, else in full."""
    full = Path(path).absolute()
    for base in (PACKAGE, Path.cwd()):
        if full.is_relative_to(base):
            return full.relative_to(base).as_posix()
    return full.as_posix()


def read_text(path: Path) -> str:
    """The text of a file, decoded from UTF-8 and free of hidden characters.

    Raises
    ------
    RecordError
        The file is missing, empty, too large, not UTF-8, or holds characters that do not show.
    """
    place = shown(path)
    if path.is_dir():
        raise RecordError(
            "this is a folder", place=place, found="a folder", expected="one file", try_="the name of a file in it"
        )
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as trouble:
        reason = "there is no such file" if isinstance(trouble, FileNotFoundError) else "the file cannot be read"
        raise RecordError(
            reason,
            place=place,
            found=trouble.strerror or str(trouble),
            expected="a readable file",
            try_="look at the path; it is taken from the folder in which the command runs",
        ) from trouble
    if len(raw) > LARGEST_FILE:
        raise RecordError(
            "the file is too large",
            place=place,
            found=f"more than {LARGEST_FILE / 1e6:g} MB",
            expected=f"at most {LARGEST_FILE / 1e6:g} MB",
            try_="keep data in a table of its own and name it in the record",
        )
    return decode(raw, place)


def decode(raw: bytes, place: str) -> str:
    """Bytes as text; see ``read_text``."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = raw[: trouble.start].count(b"\n") + 1
        raise RecordError(
            "the file is not UTF-8",
            place=f"{place}:{line}",
            found=f"the byte 0x{raw[trouble.start]:02x}",
            expected="text in UTF-8",
            try_="save the file as UTF-8 (an editor calls it 'encoding')",
        ) from trouble
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    hidden = HIDDEN.search(text)
    if hidden:
        raise RecordError(
            "a character that does not show",
            place=f"{place}:{text.count(chr(10), 0, hidden.start()) + 1}",
            found=f"U+{ord(hidden.group()):04X}",
            expected="letters, digits, signs, spaces and line ends",
            try_="delete it and write the word again",
        )
    if not text.strip():
        raise RecordError(
            "the file is empty",
            place=place,
            found="nothing",
            expected="a record",
            try_="begin with a copy of a record of the catalog",
        )
    return text


def own_yaml(path: Path) -> Any:
    """The content of a YAML file that this program brings along; what users write goes through ``reader``."""
    return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def make_ready(folder: Path | str) -> Path:
    """A folder that can be written, made if need be.

    Raises
    ------
    WorkError
        It cannot be made or written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            return folder
    except OSError as trouble:
        raise WorkError(
            "the folder cannot be written",
            place=str(folder),
            found=trouble.strerror or type(trouble).__name__,
            expected="a folder in which you may write",
            try_="another folder; on the command line --out DIR",
        ) from trouble


def write_whole(path: Path, write_to: Callable[[Path], object]) -> Path:
    """A file that is there as a whole or not at all; ``write_to`` writes it under another name first."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        write_to(Path(name))
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    return path
