"""Locks are prolonged before they run out, of what is still needed and of nothing else."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from muniment.core import clock
from muniment.core.errors import NotAvailableError
from muniment.vault import grouping
from muniment.vault import messages as ask
from muniment.vault.backup import generations, s3
from muniment.vault.backup.s3 import Bucket
from muniment.vault.backup.s3_locks import prolong
from tests.vault.backup.conftest import Backups
from tests.vault.backup.store import Answer, Store
from tests.vault.firm import Firm

DAY = 24 * 3600
DAYS = 40


@pytest.fixture
def bucket(s3_store: Store, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    monkeypatch.setattr(s3, "EXTENT_BYTES", 4096)
    return s3_store.bucket(lock=True, lock_days=DAYS)


@pytest.fixture
def backed_up(backups: Backups, firm: Firm, bucket: Bucket) -> Bucket:
    """A backup of today whose packs are several objects."""
    firm.clock.time = clock.seconds()
    firm.seal(*(os.urandom(4000) for _ in range(4)))
    backups.make(where=bucket)
    return bucket


def days_left(bucket: Bucket) -> dict[str, int]:
    """By object, for how many days from today it is locked; −1 for not at all."""
    now = datetime.fromtimestamp(clock.seconds(), UTC)
    ends = {name: bucket.locked_until(name) for name in bucket.objects_of("")}
    return {name: round((until - now) / timedelta(days=1)) if until else -1 for name, until in ends.items()}


def packs(bucket: Bucket) -> set[str]:
    return set(bucket.objects_of("packs/"))


def test_a_lock_is_prolonged_when_less_than_half_of_it_is_left_and_not_before(
    backed_up: Bucket, firm: Firm
) -> None:
    here = (firm.organisation,)
    count = len(packs(backed_up))
    assert count > 3
    early = prolong(backed_up, here, clock.seconds() + DAY * (DAYS // 2 - 1))
    assert (early.objects, early.prolonged, early.lapsed) == (count, 0, 0)
    later = prolong(backed_up, here, clock.seconds() + DAY * (DAYS // 2 + 1))
    assert (later.objects, later.prolonged, later.lapsed) == (count, count, 0)
    left = days_left(backed_up)
    assert {left[name] for name in packs(backed_up)} == {DAYS + DAYS // 2 + 1}
    assert {days for name, days in left.items() if name.startswith("keys/")} == {-1}
    again = prolong(backed_up, here, clock.seconds() + DAY * (DAYS // 2 + 2))
    assert again.prolonged == 0


def test_what_was_prolonged_cannot_be_deleted(backed_up: Bucket, s3_store: Store, firm: Firm) -> None:
    prolong(backed_up, (firm.organisation,), clock.seconds() + DAY * 30)
    with pytest.raises(NotAvailableError, match="cannot be removed"):
        backed_up.remove("packs/")


def test_a_lock_that_ran_out_or_never_was_is_made_anew_and_counted(
    backed_up: Bucket, firm: Firm, s3_store: Store
) -> None:
    unlocked = Bucket(backed_up.bucket, backed_up.prefix, backed_up.access)  # as before lock_days was set
    name = f"packs/{firm.organisation}/anchors/000000000001.checkpoint"
    unlocked.write(name, b"a head")
    done = prolong(backed_up, (firm.organisation,), clock.seconds())
    assert (done.prolonged, done.lapsed) == (1, 1)
    assert "1 had run out" in done.says
    assert days_left(backed_up)[name] == DAYS
    late = prolong(backed_up, (firm.organisation,), clock.seconds() + DAY * (DAYS + 1))
    assert late.lapsed == late.prolonged == late.objects


def test_what_a_generation_could_restore_is_needed_though_it_is_not_here_any_more(
    backed_up: Bucket, firm: Firm
) -> None:
    due = clock.seconds() + DAY * 30
    assert prolong(backed_up, (), due).prolonged == len(packs(backed_up))
    for each in generations.listing(backed_up).whole:
        generations.remove(backed_up, each.id)
    assert prolong(backed_up, (), due + DAY * 30).objects == 0


def test_what_a_later_course_replaced_is_left_to_run_out(
    backups: Backups, firm: Firm, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm.clock.time = clock.seconds()
    gone = firm.seal(b"".join(n.to_bytes(3) for n in range(3000)))[0]
    with monkeypatch.context() as patched:
        patched.setattr(grouping, "PACK_CLOSES_AT", 1)
        firm.seal(b"in the next pack")
    pack = firm.home.vault(firm.organisation) / "packs" / "000001.pack"
    name = f"packs/{firm.organisation}/000001.pack"
    list(bucket.grow(name, pack, pack.stat().st_size - 2000))  # a backup that was cut short within a group
    firm.erase(firm.erasure_warrant(gone), gone)
    firm.do(ask.Compact(firm.organisation, 1))
    backups.make(where=bucket)
    every = {stored.name for stored in bucket._objects(f"{name}/")}
    needed = set(bucket.objects_of(f"{name}/"))
    assert needed < every
    prolong(bucket, (firm.organisation,), clock.seconds() + DAY * 30)
    now = datetime.fromtimestamp(clock.seconds(), UTC)
    for each in every:
        until = bucket.locked_until(each)
        assert until
        assert (until > now + timedelta(days=DAYS + 1)) is (each in needed)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=DAYS + 1))
    assert bucket.lapsed() == ()  # a drill does not miss what nobody reads


def test_a_store_that_takes_a_longer_lock_and_forgets_it_is_named(
    backed_up: Bucket, firm: Firm, s3_store: Store
) -> None:
    real = s3_store.between.answer

    def swallow(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if method == "PUT" and path.endswith("?retention"):
            return Answer(200, {}, b"")
        return real(method, path, headers, body)

    s3_store.between.answer = swallow  # type: ignore[method-assign]
    with pytest.raises(NotAvailableError, match="does not keep it"):
        prolong(backed_up, (firm.organisation,), clock.seconds() + DAY * 30)


def test_a_store_that_refuses_is_told(backed_up: Bucket, firm: Firm, s3_store: Store) -> None:
    def refuse(method: str, path: str, answer: Answer) -> Answer:
        return Answer(403, {}, b"") if method == "PUT" and "retention" in path else answer

    s3_store.between.spoil = refuse
    with pytest.raises(NotAvailableError, match="denies access"):
        prolong(backed_up, (firm.organisation,), clock.seconds() + DAY * 30)
