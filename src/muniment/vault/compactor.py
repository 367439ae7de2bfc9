"""A store's compactions: exchanging packs under readers, and what was taken from each.

`vault.compaction` writes a pack again; here it takes the place of the longer one.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault import compaction, publishing
from muniment.vault.compaction import Erasable, Going, Rewritten
from muniment.vault.disk import Disk
from muniment.vault.index import Index
from muniment.vault.layout import Layout
from muniment.vault.packs import PackReader, held
from muniment.vault.scanning import places_in


@dataclass
class Compactor:
    """The closed packs of one store. `committing` and `publishing` are the store's own locks."""

    layout: Layout
    index: Index
    reader: PackReader
    committing: Lock
    publishing: Lock
    exchanges: int = 0
    """How often a pack has taken another's place since the opening."""
    _one: Lock = field(default_factory=Lock)
    _versions: dict[int, int] = field(default_factory=dict)
    _shorter: dict[int, tuple[int, int]] = field(default_factory=dict)

    def erasable(self, erased: Collection[int]) -> tuple[Erasable, ...]:
        """What could be won in each pack."""
        return compaction.erasable(self.layout, self.reader, self.index, erased)

    def compact(
        self, disk: Disk, number: int, erased: Callable[[], Collection[int]], going: Going
    ) -> Rewritten:
        """Write a pack again with stubs for `erased`, and exchange it. Errors as `Store.compact`."""
        with self._one:
            try:
                with held(self.layout, alone=True):
                    pass  # refused here, and not after a pack was written for nothing
                done = compaction.rewrite(self.layout, disk, self.index, number, erased(), going)
                if done.stubs:
                    self._exchange(disk, done)
            except OSError as error:
                raise NotAvailableError(
                    f"Pack {number} cannot be compacted now; no entry of it is lost.",
                    why=f"{error.strerror}.",
                    remedy="It is written once more before the longer one goes: free as much space as it takes.",
                ) from error
            finally:
                with suppress(OSError):
                    disk.remove(self.layout.pack_aside)
            return done

    def follow(self, number: int) -> bool:
        """Whether another process has compacted a pack; its places are then those of the pack as it is."""
        leaves, before = self.index.within(number), bytes(self.index.image)
        try:
            self.index.renew(leaves.start, places_in(self.layout, number, leaves.start)[: len(leaves)])
        except (OSError, FaultFoundError):
            return False
        self.reader.exchange(number, lambda: None)
        return before != self.index.image

    def sealed_lengths(self, end: int, ordered: Collection[int]) -> list[int]:
        """How long the packs before `end` were when they were closed, whatever was taken from them since.

        `ordered` are the entries whose erasure is ordered: no other can be a stub.
        """
        self._measure(end, ordered)
        return [
            self.layout.pack(number).stat().st_size + self._shorter[number][1] for number in range(1, end)
        ]

    def _exchange(self, disk: Disk, done: Rewritten) -> None:
        def rename() -> None:
            disk.rename(self.layout.pack_aside, self.layout.pack(done.pack))
            self.index.renew(done.first, done.places)

        with self.publishing, held(self.layout, alone=True):
            with self.committing:
                self.reader.exchange(done.pack, rename)
                self._versions[done.pack] = self._versions.get(done.pack, 0) + 1
                self.exchanges += 1
            disk.sync_folder(self.layout.packs)
            publishing.renew_index(self.layout, disk, self.index, self.index.within(done.pack))

    def _measure(self, end: int, ordered: Collection[int]) -> None:
        versions = {number: self._versions.get(number, 0) for number in range(1, end)}
        taken = {
            number: 0
            for number, version in versions.items()
            if self._shorter.get(number, (-1, 0))[0] != version
        }
        for seq in ordered if taken else ():
            place = self.index.place(seq)
            header = self.reader.header(place) if place.pack in taken else None
            if header and header.stub:
                taken[place.pack] += header.frame_length - header.stored_length
        self._shorter |= {number: (versions[number], count) for number, count in taken.items()}
