"""Files kept between runs: built models and compiled states, by digest.

Needs    a folder it may write to (ENKEPHALIN_CACHE, else the user's cache folder); does without one if need be
Gives    ``load``, ``save``: bytes by key, with a checksum; ``digest_of``
Leaves   what the bytes mean

A file that was cut short, changed or written by another program is thrown away and made anew. Two processes that
write the same key do not meet: each writes a file of its own and renames it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

MARK = b"enkephalin cache 1\n"


def folder() -> Path:
    """The folder of kept files: ENKEPHALIN_CACHE, or the user's cache folder."""
    chosen = os.environ.get("ENKEPHALIN_CACHE")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_cache_dir("enkephalin", appauthor=False))


def digest_of(parts: Iterable[str | bytes]) -> str:
    """One digest of several texts, in which their borders count."""
    sha = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        sha.update(len(raw).to_bytes(8, "little") + raw)
    return sha.hexdigest()


def load(kind: str, key: str) -> bytes | None:
    """The bytes kept under a key, or None when there are none or they are damaged."""
    path = folder() / kind / key
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    head, body = raw[: len(MARK) + 32], raw[len(MARK) + 32 :]
    if head == MARK + hashlib.sha256(body).digest():
        return body
    with contextlib.suppress(OSError):
        path.unlink()
    return None


def save(kind: str, key: str, body: bytes) -> None:
    """Keep bytes under a key; where nothing can be written, nothing is kept."""
    path = folder() / kind / key
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MARK + hashlib.sha256(body).digest() + body)
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
