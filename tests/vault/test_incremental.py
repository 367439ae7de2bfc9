"""What came since is read; what was claimed to be verified and was not, is read too."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as draw

from muniment.core.ids import record_text
from muniment.core.tags import EventTag
from muniment.vault.faults import Report
from muniment.vault.incremental import FULL, FULL_LASTS, INCREMENTAL, Mark, since
from muniment.vault.layout import Layout
from tests.vault.conftest import ORGANISATION, Keys, Vault, erase
from tests.vault.test_verify import flip

NOW = 1_000_000
VERIFIED = EventTag.LEDGER_VERIFIED


@pytest.fixture
def marked(vault: Vault, keys: Keys) -> Vault:
    """The vault, verified in full (entry 11 says so), then in part (13), with an entry after each."""
    with vault.open() as store:
        store.commit([keys.action(VERIFIED, rule=FULL, range=[0, 10], time=NOW)])
        store.commit([keys.records(b"nine")])
        store.publish()
        store.commit([keys.action(VERIFIED, rule=INCREMENTAL, range=[0, 12], time=NOW)])
        store.commit([keys.records(b"ten" * 30, b"eleven")])
        store.publish()
        assert store.size == 16
    return vault


MARK = Mark(full=11, last=13)


def checked(
    vault: Vault, mark: Mark | None = MARK, *, now: int = NOW, keys: Keys | None = None
) -> Report | None:
    return since(vault.path, ORGANISATION, mark, now, keys=keys.private if keys else None)


def test_only_what_is_new_is_read(marked: Vault, keys: Keys) -> None:
    for with_keys in (None, keys):
        report = checked(marked, keys=with_keys)
        assert report is not None
        assert report.checked is not None
        assert (report.records, report.leaves, report.checked.of) == (2, 3, 16)
        assert report.faults == ()
        assert "3 of 16 entries are new" in report.checked.says
    full = checked(marked, Mark(11, 11))
    assert full is not None
    assert full.leaves == 5


def test_every_byte_that_came_since_counts(marked: Vault) -> None:
    with marked.open() as store:
        place = store._ledger.index.place(13)
    pack = marked.path / "packs" / f"{place.pack:06d}.pack"
    for at in range(place.offset, pack.stat().st_size):
        before = flip(pack, at)
        assert checked(marked) is None, at
        pack.write_bytes(before)
    slots = Layout(marked.path).slots
    for at in range(13 * 64, 16 * 64):
        before = flip(slots, at)
        assert checked(marked) is None, at
        slots.write_bytes(before)
    assert checked(marked)


@pytest.mark.parametrize(
    "name",
    [
        "log/checkpoint",
        "log/ledger-key",
        "index",
        "log/tile/0/000.p/16",
        "log/tile/entries/000.p/16",
        "keys/000001.batches",
    ],
)
def test_what_it_is_compared_with_counts_too(marked: Vault, name: str) -> None:
    path = marked.path / name
    before = path.read_bytes()
    end = len(before)
    for at in (
        range(end - 1, max(0, end - 200), -3) if name != "keys/000001.batches" else range(end - 64, end)
    ):
        flip(path, at)
        report = checked(marked)
        path.write_bytes(before)
        assert report is None, at
    path.unlink()
    assert checked(marked) is None


def test_what_was_verified_is_still_there(marked: Vault) -> None:
    first = marked.path / "packs" / "000001.pack"
    before = first.read_bytes()
    first.write_bytes(before[:-1])
    assert checked(marked) is None
    first.write_bytes(before + b"\0")
    assert checked(marked) is None
    first.unlink()
    assert checked(marked) is None
    first.write_bytes(before)
    (marked.path / "packs" / "000009.pack").write_bytes(b"")
    assert checked(marked) is None


@pytest.mark.parametrize("now", [NOW + FULL_LASTS, NOW - 1])
def test_a_full_one_is_due_after_thirty_days_and_when_the_clock_was_set_back(marked: Vault, now: int) -> None:
    assert checked(marked, now=now) is None
    assert checked(marked, now=NOW + FULL_LASTS - 1)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(full=draw.integers(-3, 20), last=draw.integers(-3, 20))
def test_no_mark_claims_more_than_the_ledger_says(marked: Vault, full: int, last: int) -> None:
    """Whoever forges the mark can say nothing but what the ledger's own entries say: damage behind them is found."""
    report = checked(marked, Mark(full, last))
    honest = {(11, 11), (11, 13)}
    assert (report is not None) is ((full, last) in honest)


def test_without_a_mark_everything_is_read(marked: Vault) -> None:
    assert checked(marked, None) is None


def test_an_order_that_came_since_is_carried_out_or_it_is_seen(marked: Vault, keys: Keys) -> None:
    with marked.open() as store:
        record = record_text(store.entry(1).id)
        erase(store, keys, 14)
        store.publish()
    assert checked(marked)
    with marked.open() as store:
        store.commit([keys.action(EventTag.RECORD_ERASED, record=record)])
        store.publish()
    assert checked(marked) is None
    with marked.open() as store:
        store.destroy_key(1)
    assert checked(marked)


def test_a_key_that_is_gone_without_an_order_is_seen(marked: Vault) -> None:
    slots = Layout(marked.path).slots
    data = bytearray(slots.read_bytes())
    data[14 * 64 : 15 * 64] = bytes(64)
    slots.write_bytes(data)
    assert checked(marked) is None


def test_after_a_turn_of_the_epoch_everything_is_read(marked: Vault, keys: Keys) -> None:
    with marked.open() as store:
        store.commit([keys.action(EventTag.EPOCH_TURNED)])
        store.publish()
    assert checked(marked) is None


def test_an_anchor_that_contradicts_is_seen(marked: Vault) -> None:
    (marked.path / "anchors" / "tuesday.checkpoint").write_text("not a note")
    assert checked(marked) is None


def test_a_verification_that_ends_within_a_commit_is_not_gone_on_from(marked: Vault, keys: Keys) -> None:
    with marked.open() as store:
        store.commit([keys.action(VERIFIED, rule=INCREMENTAL, range=[0, 14], time=NOW)])
        store.publish()
        last = store.size - 1
    assert checked(marked, Mark(11, last)) is None


@pytest.mark.parametrize("clear", [{"rule": INCREMENTAL}, {"rule": FULL}, {"rule": FULL, "range": [0]}])
def test_an_entry_that_says_too_little(marked: Vault, keys: Keys, clear: dict[str, object]) -> None:
    with marked.open() as store:
        store.commit([keys.action(VERIFIED, time=NOW, **clear)])  # type: ignore[arg-type]
        store.publish()
        last = store.size - 1
    assert checked(marked, Mark(last, last)) is None


def test_where_there_is_no_vault(tmp_path: Path) -> None:
    assert since(tmp_path / "nowhere", ORGANISATION, MARK, NOW) is None
