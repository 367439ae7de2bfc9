"""Between tantivy's directory in memory and the sealed directory on disk.

What is on disk is what the manifest names, and nothing else counts: it is written aside and renamed
after every file that it names is durable. Only files of segments that `meta.json` names are sealed: a
directory copied as it is catches half-written merges.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.search.index import sealed
from muniment.search.index.sources import SourceBatch

MANIFEST = "manifest"
META, MANAGED = "meta.json", ".managed.json"
_PATIENCE = 50  # times a merge may overtake us
_COPY = 1 << 20


class Part(msgspec.Struct, frozen=True):
    """One file of tantivy within a sealed file: its name there and its length."""

    name: str
    length: int


class SealedSegment(msgspec.Struct, frozen=True):
    """The sealed file of one segment, or of the list of its deleted documents."""

    key: str  # segment id, with the operation number for a list of deletions
    name: str
    parts: tuple[Part, ...]


class Manifest(msgspec.Struct, frozen=True):
    """Everything that the sealed directory holds. `watermark` is the last sequence taken, or -1."""

    schema: int
    watermark: int = -1
    meta: bytes = b""
    segments: tuple[SealedSegment, ...] = ()
    sources: tuple[SourceBatch, ...] = ()


def load(directory: Path, key: bytes) -> Manifest | None:
    """The manifest; None where there is no index yet."""
    if not (directory / MANIFEST).exists():
        return None
    return msgspec.msgpack.decode(sealed.read(directory / MANIFEST, key), type=Manifest)


def save(directory: Path, key: bytes, manifest: Manifest) -> None:
    """Make a manifest the one that counts, then remove the files that it does not name."""
    sealed.sync_directory(directory)
    sealed.write(directory / MANIFEST, key, [msgspec.msgpack.encode(manifest)])
    sealed.sync_directory(directory)
    named = {MANIFEST, *(batch.name for batch in manifest.sources)}
    named.update(segment.name for segment in manifest.segments)
    for path in directory.iterdir():
        if path.name not in named:
            path.unlink(missing_ok=True)


def discard(directory: Path) -> None:
    """Remove an index that cannot be read. The manifest goes first: without it nothing else counts."""
    (directory / MANIFEST).unlink(missing_ok=True)
    sealed.sync_directory(directory)
    for path in directory.iterdir():
        path.unlink(missing_ok=True)


def seal_segments(
    memory: Path, directory: Path, key: bytes, known: tuple[SealedSegment, ...]
) -> tuple[bytes, tuple[SealedSegment, ...]]:
    """Seal the segments that are new since `known`; `meta.json` and the segments that it names.

    A merge that ends meanwhile takes files away: then what `meta.json` names now is sealed instead.
    """
    for _ in range(_PATIENCE):
        meta = (memory / META).read_bytes()
        try:
            return meta, tuple(_sealed(memory, directory, key, known, meta))
        except (FileNotFoundError, _GoneError):
            continue
    raise NotAvailableError("The index changed faster than it could be sealed.", remedy="Try again.")


def open_segments(memory: Path, directory: Path, key: bytes, manifest: Manifest) -> None:
    """Put the segments of a manifest into an empty directory in memory.

    FaultFoundError for a damaged file. tantivy removes only files that `.managed.json` lists, so an
    erased segment would stay without it.
    """
    for segment in manifest.segments:
        content = sealed.stream(directory / segment.name, key)
        _unpack(memory, segment.parts, content)
    names = [part.name for segment in manifest.segments for part in segment.parts]
    (memory / MANAGED).write_bytes(msgspec.json.encode([META, *names]))
    (memory / META).write_bytes(manifest.meta)


def _sealed(
    memory: Path, directory: Path, key: bytes, known: tuple[SealedSegment, ...], meta: bytes
) -> Iterator[SealedSegment]:
    have = {segment.key: segment for segment in known}
    for stem, pattern in _named(meta):
        if stem in have:
            yield have[stem]
            continue
        unwanted = {".temp"} if "." in stem else {".del", ".temp"}
        paths = sorted(path for path in memory.glob(pattern) if path.suffix not in unwanted)
        if not paths:
            raise FileNotFoundError(stem)
        parts = tuple(Part(path.name, path.stat().st_size) for path in paths)
        name = sealed.new_name()
        sealed.write(directory / name, key, _pieces(paths))
        if tuple(path.stat().st_size for path in paths) != tuple(part.length for part in parts):
            raise FileNotFoundError(stem)
        yield SealedSegment(stem, name, parts)


class _GoneError(Exception):
    """A merge took a file away while it was sealed: no fault of the disk that is written to."""


def _named(meta: bytes) -> Iterator[tuple[str, str]]:
    """The segments and lists of deletions in `meta.json`, each with the pattern of its files."""
    for segment in json.loads(meta)["segments"]:
        stem = segment["segment_id"].replace("-", "")
        yield stem, f"{stem}.*"
        if deletes := segment["deletes"]:
            yield f"{stem}.{deletes['opstamp']}", f"{stem}.{deletes['opstamp']}.del"


def _pieces(paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        try:
            file = path.open("rb")
        except FileNotFoundError as error:
            raise _GoneError from error
        with file:
            while piece := file.read(_COPY):
                yield piece


def _unpack(memory: Path, parts: tuple[Part, ...], content: Iterator[bytes]) -> None:
    held = b""
    for part in parts:
        with (memory / part.name).open("wb") as file:
            missing = part.length
            while missing:
                held = held or next(content, b"")
                if not held:
                    raise FaultFoundError("A sealed segment is shorter than its manifest says.")
                file.write(held[:missing])
                held, missing = held[missing:], missing - len(held[:missing])
    for rest in content:  # reading to the end checks the last chunk
        held += rest
