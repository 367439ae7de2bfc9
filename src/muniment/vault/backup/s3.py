"""A backup in a bucket of an S3 store.

Objects cannot grow, so a file that grows is a row of extents:

    packs/<organisation>/000001.pack/000000000000-000016777216-<SHA-256 in hex>

Each extent is an object of its own, at most 16 MiB, never changed, and names its place and its digest. So a
backup that was cut short leaves whole extents, the next goes on behind them, two at once can harm nothing, and
what comes back is compared with the name that a listing gave. Nothing under `packs/` is ever deleted: where a
pack was compacted after a backup of it had ended within a group, that group begins a new course, whose number
stands behind the digest; what the courses before have beyond its first byte counts no more. Files that do not
grow are plain objects, with their digest in the object's metadata.
"""

import base64
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from muniment.core import clock
from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.backup import s3_removal
from muniment.vault.backup.destination import KEYS, PACKS, S3_SCHEME, Stored
from muniment.vault.backup.s3_client import Access, Client, connect, speaking_plainly
from muniment.vault.backup.s3_fitness import require_fit, require_locked

EXTENT_BYTES = 16 << 20
EXTENT = re.compile(
    r"(?P<name>.+)/(?P<start>[0-9]{12})-(?P<end>[0-9]{12})-(?P<digest>[0-9a-f]{64})(?:-(?P<course>[1-9][0-9]{0,5}))?"
)
DIGEST = "sha256"
"""The metadata that holds a plain object's digest."""
READINGS = 3
"""How often an object is read before its bytes are believed to be wrong."""


class Extent(NamedTuple):
    """Bytes `start` to `end` of a file that grows, and their SHA-256 in hex."""

    name: str
    start: int
    end: int
    digest: str
    course: int = 0

    @property
    def key(self) -> str:
        """The object's name in the backup."""
        course = f"-{self.course}" if self.course else ""
        return f"{self.name}/{self.start:012d}-{self.end:012d}-{self.digest}{course}"


class Piece(NamedTuple):
    """An extent, and where in the file it ends to count: a later course may begin there."""

    extent: Extent
    end: int


def parse_extent(key: str) -> Extent | None:
    """What an object's name says; None for plain objects."""
    found = EXTENT.fullmatch(key)
    if not found or not int(found["start"]) < int(found["end"]) <= int(found["start"]) + EXTENT_BYTES:
        return None
    course = int(found["course"] or 0)
    return Extent(found["name"], int(found["start"]), int(found["end"]), found["digest"], course)


def row(extents: list[Extent]) -> list[Piece]:
    """Extents that cover a file from its beginning as far as they go, each reaching beyond the one before.

    Two backups at once may both have put some; within a course their bytes are the same.
    """
    covering: list[Piece] = []
    for course in sorted({each.course for each in extents}):
        ordered = sorted(each for each in extents if each.course == course)
        begin = ordered[0].start
        covering = [Piece(one.extent, min(one.end, begin)) for one in covering if one.extent.start < begin]
        for each in ordered:
            reached = covering[-1].end if covering else 0
            if each.start > reached:
                break
            if each.end <= reached:
                continue
            if covering and each.start == covering[-1].extent.start:
                covering.pop()
            covering.append(Piece(each, each.end))
    return covering


@dataclass
class Bucket:
    """The objects of one bucket under `prefix`. `lock_days`: for so long nobody can delete what is under `packs/`."""

    bucket: str
    prefix: str = ""
    access: Access = field(default_factory=Access)
    lock_days: int = 0

    def __post_init__(self) -> None:
        self._client: Client | None = None
        self._lock_seen = False

    @property
    def title(self) -> str:
        """Its address."""
        return f"{S3_SCHEME}{self.bucket}/{self.prefix}"

    @property
    def client(self) -> Client:
        """The connection, made when it is first needed."""
        if self._client is None:
            self._client = connect(self.access)
        return self._client

    @contextmanager
    def alone(self, *, writing: bool) -> Iterator[None]:
        """See that the bucket is there and fit. Nobody is kept out: see the module's text."""
        with speaking_plainly(self.title):
            self.client.head_bucket(Bucket=self.bucket)
            if writing:
                require_fit(self.client, self.bucket, self.title, lock=bool(self.lock_days))
        if writing:
            self._prove_removable()
        yield

    def listed(self, prefix: str) -> list[Stored]:
        """Every whole file: plain objects, and rows of extents as far as they are whole."""
        plain, rows = self._files(prefix)
        return sorted([*plain, *(Stored(name, row[-1].end) for name, row in rows.items())])

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes of a plain object, or of a row of extents; each object is compared with its digest as a whole."""
        covering = self._row(name)
        if not covering:
            data = self._object(name, None)[start:end]
            if end is not None and len(data) < end - start:
                raise self._shorter(name)
            yield data
            return
        last = covering[-1].end if end is None else end
        if last > covering[-1].end:
            raise self._shorter(name)
        for extent, until in covering:
            if until > start and extent.start < last:
                data = self._object(extent.key, extent.digest)[: min(until, last) - extent.start]
                yield data[max(0, start - extent.start) :]
                start = extent.start + len(data)

    def write(self, name: str, data: bytes) -> None:
        """Put a plain object."""
        self._put(name, data, sha256(data))

    def same(self, name: str, source: Path, end: int) -> int:
        """Digests are compared, so whole extents; none is read but where a later course cuts it."""
        at = 0
        with source.open("rb") as stream:
            for piece in self._row(name):
                if piece.end > end or not self._is_of(piece, at, stream):
                    break
                at = piece.end
        return at

    def grow(self, name: str, source: Path, end: int, *, start: int = 0, kept: int = 0) -> Iterator[int]:
        """Put the extents that are missing; in a new course where those that are there go on otherwise."""
        extents = self._extents(name)
        covering = row(extents)
        course = max((each.course for each in extents), default=0)
        with source.open("rb") as stream:
            at = self._goes_on(covering, kept, stream, start, end)
            if covering and (at < covering[-1].end or covering[-1].extent.course < course):
                course += 1
            start += at - kept
            stream.seek(start)
            while start < end:
                data = stream.read(min(EXTENT_BYTES, end - start))
                if len(data) < min(EXTENT_BYTES, end - start):
                    raise FaultFoundError(f"{source} is shorter than it was.")
                digest = sha256(data)
                extent = Extent(name, at, at + len(data), digest.hexdigest(), course)
                self._put(extent.key, data, digest)
                at, start = at + len(data), start + len(data)
                yield len(data)

    def remove(self, prefix: str) -> None:
        """Delete every version of every object, and see that none is left."""
        with speaking_plainly(self.title):
            left = s3_removal.remove(self.client, self.bucket, self.prefix + prefix)
        if left:
            raise NotAvailableError(
                f"{left} objects under {prefix} in {self.title} cannot be removed.",
                why="Keys that should be gone are still there, so that certificates of erasure say too much.",
                remedy="Remove them, in all versions, by hand, and whatever kept them: a lock, a hold, a policy.",
            )

    def lapsed(self) -> tuple[str, ...]:
        """The objects that packs are read from and that are not locked now: who may delete can delete them."""
        ends = ((name, self.locked_until(name)) for name in self.objects_of(PACKS))
        return tuple(name for name, until in ends if until is None or until <= clock.now())

    def locked_until(self, name: str) -> datetime | None:
        """Until when nobody can delete an object; None where it is not locked in mode compliance."""
        with speaking_plainly(self.title):
            head = self.client.head_object(Bucket=self.bucket, Key=self.prefix + name)
        until: datetime | None = head.get("ObjectLockRetainUntilDate")
        return until if head.get("ObjectLockMode") == "COMPLIANCE" else None

    def lock_until(self, name: str, until: datetime) -> None:
        """Lock an object for longer; NotAvailableError if the store does not, or says that it has and has not."""
        with speaking_plainly(self.title):
            self.client.put_object_retention(
                Bucket=self.bucket,
                Key=self.prefix + name,
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
            )
        now_until = self.locked_until(name)
        if now_until is None or now_until < until - timedelta(seconds=1):
            raise NotAvailableError(
                f"{self.title} took a longer lock and does not keep it.",
                why=f"{name} is not locked for as long as was asked.",
                remedy="Do not rely on locks of this store; choose another.",
            )

    def objects_of(self, prefix: str) -> list[str]:
        """The objects that `listed` gives in whole files: plain ones, and the extents that are read."""
        plain, rows = self._files(prefix)
        extents = (piece.extent.key for row in rows.values() for piece in row)
        return sorted([*(stored.name for stored in plain), *extents])

    # --- one object -----------------------------------------------------------------------------

    def _put(self, name: str, data: bytes, digest: Any) -> None:
        locked = self.lock_days and name.startswith(PACKS)
        until = datetime.fromtimestamp(clock.seconds(), UTC) + timedelta(days=self.lock_days)
        lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until} if locked else {}
        own = base64.b64encode(digest.digest()).decode()
        with speaking_plainly(self.title):
            done = self.client.put_object(
                Bucket=self.bucket,
                Key=self.prefix + name,
                Body=data,
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=own,
                Metadata={DIGEST: digest.hexdigest()},
                ContentType="application/octet-stream",
                **lock,
            )
            if locked and not self._lock_seen:
                require_locked(self.client, self.bucket, self.prefix + name, self.title)
                self._lock_seen = True
        if done.get("ChecksumSHA256", own) != own:
            raise FaultFoundError(
                f"{self.title} has stored other bytes of {name} than it was sent.",
                remedy="Do not trust this store; see what stands between it and this machine.",
            )

    def _object(self, name: str, digest: str | None) -> bytes:
        """All bytes of one object. A body that was cut short or changed on its way is asked for again."""
        for _ in range(READINGS):
            answer, data = self._get(name)
            right = digest or answer.get("Metadata", {}).get(DIGEST, "")
            if sha256(data).hexdigest() == right:
                return data
        raise FaultFoundError(
            f"{name} in {self.title} is damaged.",
            why=f"Its bytes are not those that were put there, {READINGS} times in a row.",
            remedy="Use another generation or another backup.",
        )

    def _get(self, name: str) -> tuple[Mapping[str, Any], bytes]:
        from botocore.exceptions import HTTPClientError  # noqa: PLC0415  the library loads slowly

        with speaking_plainly(self.title):
            answer = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)
            try:
                return answer, answer["Body"].read(EXTENT_BYTES if parse_extent(name) else None)
            except HTTPClientError:
                return answer, b""

    def _files(self, prefix: str) -> tuple[list[Stored], dict[str, list[Piece]]]:
        """Plain objects, and by its name the row of every file that has one."""
        plain: list[Stored] = []
        rows: dict[str, list[Extent]] = {}
        for stored in self._objects(prefix):
            extent = parse_extent(stored.name)
            if extent is None:
                plain.append(stored)
            elif _is_whole(extent, stored):
                rows.setdefault(extent.name, []).append(extent)
        found = ((name, row(extents)) for name, extents in rows.items())
        return plain, {name: covering for name, covering in found if covering}

    def _row(self, name: str) -> list[Piece]:
        return row(self._extents(name))

    def _extents(self, name: str) -> list[Extent]:
        found = [(parse_extent(stored.name), stored) for stored in self._objects(f"{name}/")]
        return [one for one, stored in found if one and one.name == name and _is_whole(one, stored)]

    def _goes_on(self, covering: list[Piece], kept: int, stream: BinaryIO, start: int, end: int) -> int:
        """How far the row goes on behind `kept` with what the stream holds from `start` to `end`."""
        at = kept
        for piece in covering:
            if piece.end > kept:
                stream.seek(start + at - kept)
                if not self._agrees(piece, at, stream.read(max(0, min(piece.end - at, end - stream.tell())))):
                    break
                at = piece.end
        return at

    def _is_of(self, piece: Piece, at: int, stream: BinaryIO) -> bool:
        extent, until = piece
        if until == extent.end:
            stream.seek(extent.start)
            return sha256(stream.read(until - extent.start)).hexdigest() == extent.digest
        stream.seek(at)
        return self._agrees(piece, at, stream.read(until - at))

    def _agrees(self, piece: Piece, at: int, expected: bytes) -> bool:
        extent = piece.extent
        return (
            self._object(extent.key, extent.digest)[at - extent.start : piece.end - extent.start] == expected
        )

    def _objects(self, prefix: str) -> Iterator[Stored]:
        token: dict[str, str] = {}
        while True:
            with speaking_plainly(self.title):
                page = self.client.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix + prefix, **token)
            for each in page.get("Contents", ()):
                yield Stored(str(each["Key"]).removeprefix(self.prefix), int(each["Size"]))
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": str(page["NextContinuationToken"])}

    def _prove_removable(self) -> None:
        """Put something where keys go, and remove it: no key goes where it could not be removed."""
        name = f"{KEYS}.probe-{secrets.token_hex(8)}"
        self.write(name, b"Muniment sees whether what is put here can be removed.\n")
        self.remove(name)

    def _shorter(self, name: str) -> FaultFoundError:
        return FaultFoundError(
            f"{name} in {self.title} is shorter than it was.",
            remedy="Use another generation or another backup.",
        )


def _is_whole(extent: Extent, stored: Stored) -> bool:
    return stored.size == extent.end - extent.start
