"""Disks for tests: one that notes every change, so that a power cut can be played; one that fails.

What a real disk may do at a power cut with changes that no sync has confirmed: keep any of them, in
any order, and tear a write. Syncs that were begun together end in any order: `in_any_order`.
"""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from random import Random
from typing import override

from muniment.vault.disk import Disk

KEYS_TEAR_AT = 64  # bytes; a disk writes sectors of 512 and more, so no slot is ever half written


@dataclass(frozen=True)
class Change:
    """One change that the vault asked of the disk."""

    what: str
    path: str
    data: bytes = b""
    at: int = 0


@dataclass
class NotingDisk(Disk):
    """A real disk that keeps a list of every change."""

    root: Path
    changes: list[Change] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)

    def _note(self, what: str, path: str, data: bytes = b"", at: int = 0) -> None:
        self.changes.append(Change(what, path, data, at))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    @override
    def open(self, path: Path) -> int:
        if not path.exists():
            self._note("create", self._name(path))
        descriptor = super().open(path)
        self._names[descriptor] = self._name(path)
        return descriptor

    @override
    def write(self, descriptor: int, parts, offset: int) -> None:
        name = self._names.get(descriptor)
        if name is not None:
            self._note("write", name, b"".join(parts), offset)
        super().write(descriptor, parts, offset)

    @override
    def sync(self, descriptor: int) -> None:
        super().sync(descriptor)
        self._note("sync", self._names[descriptor])

    @override
    def begin_sync(self, descriptor: int) -> Callable[[], None]:
        self._note("begin", self._names[descriptor])
        return partial(self.sync, descriptor)

    @override
    def cut(self, descriptor: int, length: int) -> None:
        super().cut(descriptor, length)
        self._note("cut", self._names[descriptor], at=length)

    @override
    def replace(self, path: Path, data: bytes, aside: Path) -> None:
        # The number of the file aside may be one that an open file had before it was closed.
        names, self._names = self._names, {}
        super().replace(path, data, aside)
        self._names = names
        self._note("replace", self._name(path), data)

    @override
    def rename(self, old: Path, new: Path) -> None:
        super().rename(old, new)
        self._note("rename", self._name(new), self._name(old).encode())
        for descriptor, name in self._names.items():
            if name == self._name(old):
                self._names[descriptor] = self._name(new)

    @override
    def sync_folder(self, path: Path) -> None:
        super().sync_folder(path)
        self._note("folder", self._name(path) if path != self.root.parent else "..")

    @override
    def make_folder(self, path: Path) -> None:
        super().make_folder(path)

    @override
    def remove(self, path: Path) -> None:
        if path.exists():
            self._note("remove", self._name(path))
        super().remove(path)


def in_any_order(changes: list[Change], random: Random) -> list[Change]:
    """The same changes in the same places, but syncs that ran together ended in another order."""
    done: list[Change] = []
    for together, run in groupby(changes, lambda change: change.what == "sync"):
        several = list(run)
        if together:
            random.shuffle(several)
        done += several
    return done


def after_power_cut(changes: list[Change], random: Random) -> dict[str, bytes]:
    """One state in which the disk may be found when the power goes after `changes`."""
    files: dict[str, bytearray] = {}
    names: set[str] = set()
    for at, change in enumerate(changes):
        later = changes[at + 1 :]
        folder = change.path.rpartition("/")[0]
        named = any(one.what == "folder" and one.path in {folder, folder or "."} for one in later)
        synced = any(one.what == "sync" and one.path == change.path for one in later)
        if change.what == "create" and (named or random.random() < 0.5):
            names.add(change.path)
            files.setdefault(change.path, bytearray())
        elif change.what == "replace" and (named or random.random() < 0.5):
            names.add(change.path)
            files[change.path] = bytearray(change.data)
        elif change.what == "rename" and (named or random.random() < 0.5):
            files[change.path] = files.pop(change.data.decode(), bytearray())
            names.discard(change.data.decode())
            names.add(change.path)
        elif change.what == "remove" and (named or random.random() < 0.5):
            names.discard(change.path)
        elif change.what in {"write", "cut"}:
            _content(files.setdefault(change.path, bytearray()), change, random, synced=synced)
    return {name: bytes(files[name]) for name in names}


def _content(file: bytearray, change: Change, random: Random, *, synced: bool) -> None:
    if not synced and random.random() < 0.3:
        return
    if change.what == "cut":
        del file[change.at :]
        file.extend(bytes(change.at - len(file)))
        return
    data = change.data
    if not synced and random.random() < 0.6:
        data = _torn(change, random, appended=change.at >= len(file))
    file.extend(bytes(max(0, change.at + len(data) - len(file))))
    file[change.at : change.at + len(data)] = data


def _torn(change: Change, random: Random, *, appended: bool) -> bytes:
    """A write of which the disk kept some: the beginning, or a part with nothing before it or within it."""
    step = KEYS_TEAR_AT if "keys" in change.path.split("/")[:-1] else 1
    data, whole = change.data, len(change.data) // step
    first, last = sorted((random.randrange(whole + 1) * step, random.randrange(whole + 1) * step))
    kind = random.randrange(4)
    if kind == 0 and appended:
        return data[: random.randrange(len(data) + 1)]  # a file may be of any length
    if kind == 1:
        return bytes(first) + data[first:last]
    if kind == 2:
        return data[:first] + bytes(last - first) + data[last:]
    return data[:last]


@dataclass
class FailingDisk(Disk):
    """A real disk whose call number `fails_at` does half its work, or none, and fails."""

    fails_at: int
    number: int = errno.ENOSPC
    calls: int = 0
    what: str = ""

    def _count(self, what: str) -> bool:
        self.calls += 1
        if self.calls - 1 == self.fails_at:
            self.what = what
            return True
        return False

    def _fail(self) -> None:
        raise OSError(self.number, os.strerror(self.number))

    @override
    def open(self, path: Path) -> int:
        if self._count("open"):
            self._fail()
        return super().open(path)

    @override
    def write(self, descriptor: int, parts, offset: int) -> None:
        if self._count("write"):
            joined = b"".join(parts)
            super().write(descriptor, (joined[: len(joined) // 2],), offset)
            self._fail()
        super().write(descriptor, parts, offset)

    @override
    def sync(self, descriptor: int) -> None:
        if self._count("sync"):
            self._fail()
        super().sync(descriptor)

    @override
    def begin_sync(self, descriptor: int) -> Callable[[], None]:
        return partial(self.sync, descriptor)  # one after another, so that calls can be counted

    @override
    def cut(self, descriptor: int, length: int) -> None:
        if self._count("cut"):
            self._fail()
        super().cut(descriptor, length)

    @override
    def replace(self, path: Path, data: bytes, aside: Path) -> None:
        if self._count("replace"):
            aside.write_bytes(data[: len(data) // 2])
            self._fail()
        super().replace(path, data, aside)

    @override
    def sync_folder(self, path: Path) -> None:
        if self._count("folder"):
            self._fail()
        super().sync_folder(path)

    @override
    def rename(self, old: Path, new: Path) -> None:
        if self._count("rename"):
            self._fail()
        super().rename(old, new)

    @override
    def remove(self, path: Path) -> None:
        if self._count("remove"):
            self._fail()
        super().remove(path)
