"""Bringing a backup's copy of a pack up to date, when the pack may have been compacted here or there.

A compacted pack has the same groups as the longer one, with the same commit frames: so where the bytes part,
the two are compared group by group, and a copy goes on after the last group that both have. What is there is
kept: a longer copy stays longer. Lengths of packs in a backup are counted as they were sealed, so that they
hold for both forms.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from muniment.vault.backup.destination import Destination, DifferentError
from muniment.vault.frames import Readable
from muniment.vault.pack_bytes import opened
from muniment.vault.packs import Group, read_group, read_span, read_spans, stored_length


class Copy(NamedTuple):
    """A backup's copy of a pack, and its bytes as a listing gave them. `synced`: it was finished for good."""

    place: Destination
    name: str
    size: int
    synced: bool


class Join(NamedTuple):
    """The copy is right up to `copied`; the pack goes on at `start`. `sealed` is the length of the right part.

    `more` says that the copy goes on with another group, which no crash leaves.
    """

    copied: int
    start: int
    sealed: int
    more: bool


def bring(pack: Path, copy: Copy, sealed: int, *, least: int) -> Iterator[int]:
    """Make the copy hold what the first `sealed` bytes of a pack hold; gives how many bytes come at a time.

    The first `least` bytes are what earlier backups rely on. DifferentError, and nothing is overwritten, if the
    copy has other entries than the pack; FaultFoundError if the pack does not hold so much.
    """
    if copy.synced and copy.size in {sealed, pack.stat().st_size}:
        return
    with opened(pack) as data:
        end = stored_length(data, sealed)
        found = _join(data, end, copy, copy.place.same(copy.name, pack, end) if copy.size else 0)
    if found.sealed < least or found.more:
        raise DifferentError(f"{copy.name} in {copy.place.title} holds other entries than {pack.name}.")
    yield from copy.place.grow(copy.name, pack, end, start=found.start, kept=found.copied)


def arriving(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, Group]]:
    """The bytes of every whole group, as they come, up to the first that is not; and what each holds.

    Its places are counted from the start of the group's own bytes.
    """
    held = bytearray()
    for piece in pieces:
        held += piece
        while span := read_span(held, 0):
            data = bytes(held[: span.end])
            group = read_group(data, 0, 0)
            if group is None:
                return
            del held[: span.end]
            yield data, group


def _join(data: Readable, end: int, copy: Copy, same: int) -> Join:
    start = sealed = 0
    for span in read_spans(data):
        if span.end > min(same, end):
            break
        start, sealed = span.end, sealed + span.length
    copied = start  # up to here both have the same bytes
    theirs = arriving(copy.place.read(copy.name, copied)) if copy.size > copied else iter(())
    while start < end:
        mine, (_, their) = read_span(data, start), next(theirs, (b"", None))
        # The digest of a commit frame is over the leaves: the same entries, whole or as stubs.
        if mine is None or their is None or mine.commit != their.commit:
            return Join(copied, start, sealed, more=their is not None)
        copied, start, sealed = copied + their.end, mine.end, sealed + mine.length
    return Join(copied, start, sealed, more=next(theirs, None) is not None)
