"""A bucket: extents, digests, locks, and a store that gives back something else."""

import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as draw

from muniment.core import clock
from muniment.core.errors import FaultFoundError, MunimentError, NotAvailableError
from muniment.vault.backup import s3
from muniment.vault.backup.destination import whole
from muniment.vault.backup.s3 import Extent, parse_extent, row
from tests.vault.backup.store import Answer, Store

PACK = "packs/firm/000001.pack"


@pytest.fixture(autouse=True)
def _small_extents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "EXTENT_BYTES", 32)


def source(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "source"
    path.write_bytes(data)
    return path


@given(draw.lists(draw.tuples(draw.integers(0, 40), draw.integers(1, 20)), max_size=12))
def test_a_row_covers_what_can_be_covered_and_no_more(parts: list[tuple[int, int]]) -> None:
    extents = [Extent("a", start, start + length, "0" * 64) for start, length in parts]
    covering = row(extents)
    there = {at for one in extents for at in range(one.start, one.end)}
    reached = next(at for at in range(100) if at not in there)
    starts = [piece.extent.start for piece in covering]
    assert (covering[-1].end if covering else 0) == reached
    assert starts == sorted(set(starts))
    ends = [0, *(piece.end for piece in covering)]
    assert all(start <= before < end for start, before, end in zip(starts, ends, ends[1:], strict=False))


@given(draw.lists(draw.tuples(draw.integers(0, 60), draw.integers(1, 60)), min_size=1, max_size=5))
def test_each_course_counts_from_its_first_byte(courses: list[tuple[int, int]]) -> None:
    """A model, which is a string, cut and gone on with; extents of three bytes give the same."""
    model, extents, end = "", list[Extent](), 0
    for course, (start, length) in enumerate(courses):
        begin = min(start, end)
        model, end = model[:begin] + str(course) * length, begin + length
        for at in range(begin, end, 3):
            extents.append(Extent("a", at, min(end, at + 3), f"{course}" * 64, course))
    before, read = 0, ""
    for piece in row(extents):
        read += piece.extent.digest[0] * (piece.end - before)
        before = piece.end
    assert read == model


def test_an_extents_name_says_all_and_other_names_say_nothing() -> None:
    extent = Extent("packs/firm/000001.pack", 32, 64, "ab" * 32)
    assert parse_extent(extent.key) == extent
    assert parse_extent(extent._replace(course=12).key) == extent._replace(course=12)
    for key in (
        "packs/firm/ledger-key",
        extent.key[:-1],
        extent.key.replace("-", "_"),
        f"a/{32:012d}-{32:012d}-{'a' * 64}",
        f"{extent.key}-0",
    ):
        assert parse_extent(key) is None


def test_two_backups_at_once_harm_nothing(s3_store: Store, tmp_path: Path) -> None:
    bucket, data = s3_store.bucket(), bytes(range(100))
    for start, end in ((0, 20), (0, 30), (10, 42), (42, 50)):
        digest = sha256(data[start:end])
        bucket._put(Extent(PACK, start, end, digest.hexdigest()).key, data[start:end], digest)
    assert [(each.name, each.size) for each in bucket.listed("")] == [(PACK, 50)]
    assert sum(bucket.grow(PACK, source(tmp_path, data), 90, start=50, kept=50)) == 40
    assert whole(bucket, PACK) == data[:90]
    for start in range(90):
        assert b"".join(bucket.read(PACK, start, 90)) == data[start:90]


def test_an_extent_that_is_shorter_than_its_name_is_none(s3_store: Store, tmp_path: Path) -> None:
    bucket, data = s3_store.bucket(), bytes(range(64))
    list(bucket.grow(PACK, source(tmp_path, data), 64))
    last = [key for key, _ in s3_store.versions(bucket)][-1]
    s3_store.client.put_object(Bucket=bucket.bucket, Key=last, Body=data[32:40])
    assert [(each.name, each.size) for each in bucket.listed("packs/")] == [(PACK, 32)]
    list(bucket.grow(PACK, source(tmp_path, data), 64, start=32, kept=32))
    assert whole(bucket, PACK) == data


def cut(answer: Answer) -> Answer:
    return answer._replace(body=answer.body[:-3], length=len(answer.body))


def short(answer: Answer) -> Answer:
    return answer._replace(body=answer.body[:-3])


def flipped(answer: Answer) -> Answer:
    return answer._replace(body=bytes([answer.body[0] ^ 1]) + answer.body[1:])


def other_digest(answer: Answer) -> Answer:
    return answer._replace(headers={**answer.headers, "x-amz-meta-sha256": "0" * 64})


def no_digest(answer: Answer) -> Answer:
    return answer._replace(
        headers={name: value for name, value in answer.headers.items() if "meta" not in name.lower()}
    )


def spoiling(s3_store: Store, spoil: Callable[[Answer], Answer], times: int) -> None:
    left = [times]

    def apply(method: str, path: str, answer: Answer) -> Answer:
        if method != "GET" or "?" in path or not left[0]:
            return answer
        left[0] -= 1
        return spoil(answer)

    s3_store.between.spoil = apply


@pytest.mark.parametrize("spoil", [cut, short, flipped, other_digest, no_digest])
@pytest.mark.parametrize("name", [PACK, "keys/one/keyring"])
def test_bytes_that_were_not_put_are_not_taken(
    s3_store: Store, tmp_path: Path, spoil: Callable[[Answer], Answer], name: str
) -> None:
    bucket, data = s3_store.bucket(), bytes(range(64))
    if name == PACK:
        list(bucket.grow(name, source(tmp_path, data), 64))
    else:
        bucket.write(name, data)
    spoiling(s3_store, spoil, 1)
    assert whole(bucket, name) == data  # asked again
    spoiling(s3_store, spoil, 1000)
    if name == PACK and spoil in {other_digest, no_digest}:
        assert whole(bucket, name) == data  # an extent's digest is its name
        return
    with pytest.raises(FaultFoundError, match="damaged"):
        whole(bucket, name)


def test_a_store_that_confirms_other_bytes_is_not_believed(s3_store: Store) -> None:
    bucket = s3_store.bucket()
    s3_store.between.spoil = lambda method, _path, answer: (
        answer._replace(headers={**answer.headers, "x-amz-checksum-sha256": "A" * 43 + "="})
        if method == "PUT"
        else answer
    )
    with pytest.raises(FaultFoundError, match="other bytes"):
        bucket.write("keys/one/keyring", b"wrapped")


def test_what_was_changed_on_its_way_there_is_found_when_it_is_read(s3_store: Store) -> None:
    bucket = s3_store.bucket()
    real = s3_store.between.answer

    def changing(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        return real(method, path, headers, b"changed" if body else body)

    s3_store.between.answer = changing  # type: ignore[method-assign]
    try:
        bucket.write("keys/one/keyring", b"wrapped")
    except MunimentError:
        return  # the store itself has compared the digests
    s3_store.between.answer = real  # type: ignore[method-assign]
    with pytest.raises(FaultFoundError, match="damaged"):
        whole(bucket, "keys/one/keyring")


def test_a_store_that_never_answers_is_given_up(s3_store: Store) -> None:
    bucket = s3_store.bucket()

    def late(_method: str, _path: str, answer: Answer) -> Answer:
        time.sleep(1.5)
        return answer

    s3_store.between.spoil = late
    with pytest.raises(NotAvailableError, match="too slowly"):
        bucket.listed("")


def test_packs_are_locked_and_keys_never(s3_store: Store, tmp_path: Path) -> None:
    bucket, data = s3_store.bucket(lock=True, lock_days=30), bytes(range(64))
    with bucket.alone(writing=True):
        list(bucket.grow(PACK, source(tmp_path, data), 64))
        bucket.write("packs/firm/ledger-key", b"public")
        bucket.write("keys/one/keyring", b"wrapped")
    assert bucket.lapsed() == ()
    for key, version in s3_store.versions(bucket):
        head = s3_store.client.head_object(Bucket=bucket.bucket, Key=key, VersionId=version)
        assert (head.get("ObjectLockMode") == "COMPLIANCE") is ("/packs/" in key)
    bucket.remove("keys/")
    with pytest.raises(NotAvailableError, match="cannot be removed"):
        bucket.remove("packs/")
    assert whole(bucket, PACK) == data


def test_a_lock_that_has_lapsed_or_never_was_is_named(
    s3_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, data = s3_store.bucket(lock=True), bytes(range(40))
    list(bucket.grow(PACK, source(tmp_path, data), 40))
    assert [name.rpartition("/")[0] for name in bucket.lapsed()] == [PACK, PACK]
    locked = s3_store.bucket(lock=True, lock_days=1)
    list(locked.grow(PACK, source(tmp_path, data), 40))
    assert locked.lapsed() == ()
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert len(locked.lapsed()) == 2
