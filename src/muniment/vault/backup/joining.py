"""Bringing a backup's copy of a pack up to date, when the pack may have been compacted here or there.

A compacted pack has the same groups as the longer one, with the same commit frames: so the two are compared
group by group, and a copy goes on after the last group that both have. What is there is kept: a longer copy
stays longer. Lengths of packs in a backup are counted as they were sealed, so that they hold for both forms.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from muniment.core.errors import FaultFoundError
from muniment.vault.frames import Readable
from muniment.vault.packs import Group, Span, mapped, read_groups, read_spans, stored_length

_CHUNK = 4 << 20  # bytes copied at a time


class Join(NamedTuple):
    """The copy is right up to `copied`; the pack goes on at `start`. `sealed` is the length of the right part.

    `more` says that the copy goes on with another group, which no crash leaves.
    """

    copied: int
    start: int
    sealed: int
    more: bool


def bring(pack: Path, copy: Path, sealed: int, *, least: int, synced: bool) -> Iterator[int]:
    """Make `copy` hold what the first `sealed` bytes of a pack hold, synced; gives how many bytes come at a time.

    The first `least` bytes are what earlier backups rely on. Where the copy was `synced` whole, its frames are
    compared; else its entries too, for a crash may have left anything. FaultFoundError, and nothing is
    overwritten, if the copy has other entries than the pack.
    """
    if synced and copy.stat().st_size in {sealed, pack.stat().st_size}:
        return
    with mapped(pack) as data:
        end = stored_length(data, sealed)
        found = _join(data, end, copy, synced=synced)
        if found.sealed < least or found.more:
            raise FaultFoundError("The copy holds other entries.")
        yield from _append(data, copy, found, end)


def _join(data: Readable, end: int, copy: Path, *, synced: bool) -> Join:
    if not copy.is_file():
        return Join(0, 0, 0, more=False)
    copied = start = sealed = 0
    with mapped(copy) as other:
        theirs: Iterator[Group | Span] = read_spans(other) if synced else read_groups(other, 0)
        for mine in read_spans(data):
            their = next(theirs, None) if mine.end <= end else None
            # The digest of a commit frame is over the leaves: the same entries, whole or as stubs.
            if their is None or mine.commit != their.commit:
                return Join(copied, start, sealed, more=their is not None)
            copied, start, sealed = their.end, mine.end, sealed + mine.length
            if start == end:
                break
        return Join(copied, start, sealed, more=next(theirs, None) is not None)


def _append(data: Readable, copy: Path, found: Join, end: int) -> Iterator[int]:
    descriptor = os.open(copy, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, found.copied)
        for start in range(found.start, end, _CHUNK):
            part = bytes(data[start : min(end, start + _CHUNK)])
            os.pwrite(descriptor, part, found.copied + start - found.start)
            yield len(part)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
