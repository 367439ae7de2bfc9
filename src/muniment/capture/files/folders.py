"""Walking over what a person named: single files, mbox files, Maildirs, and folders of all these."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from muniment.capture.files.mbox import Dialect, Splitter, looks_like_mbox
from muniment.capture.statement import Form, readable
from muniment.core.errors import NotAvailableError

BLOCK = 1024 * 1024  # bytes read at a time from an mbox
LARGEST_FILE = 400 * 1024 * 1024  # bytes; more does not fit into one message to the keeper
MAILDIR_PARTS = ("cur", "new")


@dataclass(frozen=True, slots=True)
class Found:
    """One message of the walk, not yet sealed. `sender` is what an mbox separator names."""

    origin: str
    form: Form
    original: bytes
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A file that could not be read, and why."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that the walk will read; `size` in bytes."""

    path: Path
    form: Form
    size: int


def survey(paths: Iterable[Path], passed: Callable[[Passed], None]) -> list[Candidate]:
    """Every file below the named paths, in a stable order; what cannot be entered goes to `passed`.

    NotAvailableError where a named path does not exist: a slip of the pen is not an empty folder.
    """
    found: list[Candidate] = []
    for path in paths:
        if not path.exists():
            raise NotAvailableError(f"{path} does not exist.")
        if path.is_dir():
            found += _below(path, passed, frozenset())
        else:
            found += _file(path, "eml", passed)
    return found


def _below(
    folder: Path, passed: Callable[[Passed], None], above: frozenset[tuple[int, int]]
) -> Iterator[Candidate]:
    try:
        status = folder.stat()
        inside = sorted(folder.iterdir())
    except OSError as error:
        passed(Passed(_text(folder), error.strerror or "cannot be read"))
        return
    identity = (status.st_dev, status.st_ino)
    if identity in above:  # a link that leads back up
        return
    maildir = all((folder / part).is_dir() for part in MAILDIR_PARTS)
    for path in inside:
        if path.is_dir():
            if not (maildir and path.name == "tmp"):  # deliveries that never finished
                yield from _below(path, passed, above | {identity})
        else:
            in_maildir = folder.name in MAILDIR_PARTS and (folder.parent / "cur").is_dir()
            yield from _file(path, "maildir" if in_maildir else "eml", passed)


def _file(path: Path, form: Form, passed: Callable[[Passed], None]) -> Iterator[Candidate]:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            passed(Passed(_text(path), "not a regular file"))
            return
        if form == "eml" and _is_mbox(path):
            form = "mbox"
    except OSError as error:
        passed(Passed(_text(path), error.strerror or "cannot be read"))
        return
    yield Candidate(path, form, status.st_size)


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return looks_like_mbox(file.read(4096)) or (
            path.suffix == ".mbox" and not file.read(1) and not path.stat().st_size
        )


def read(candidate: Candidate, dialect: Dialect = "auto") -> Iterator[Found | Passed]:
    """The messages of one file. Whatever goes wrong with it is said, and the walk goes on."""
    origin = _text(candidate.path)
    try:
        if candidate.form == "mbox":
            yield from _boxed(candidate.path, origin, dialect)
        elif candidate.size > LARGEST_FILE:
            yield Passed(origin, f"larger than {LARGEST_FILE} bytes")
        else:
            yield Found(origin, candidate.form, candidate.path.read_bytes())
    except OSError as error:
        yield Passed(origin, error.strerror or "cannot be read")


def _boxed(path: Path, origin: str, dialect: Dialect) -> Iterator[Found | Passed]:
    splitter, number = Splitter(dialect), 0
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            for message in splitter.feed(block) if block else splitter.finish():
                number += 1
                place = f"{origin}, message {number}: {readable(message.separator)}"
                if len(message.original) > LARGEST_FILE:
                    yield Passed(place, f"larger than {LARGEST_FILE} bytes")
                else:
                    yield Found(place, "mbox", message.original, _sender(message.separator))
            if not block:
                return


def _sender(separator: bytes) -> str:
    words = separator.split(maxsplit=2)
    return readable(words[1]) if len(words) > 1 else ""


def _text(path: Path) -> str:
    return readable(os.fsencode(path))
