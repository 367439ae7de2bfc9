"""Where a quick look does not suffice, everything is read and all damage is listed."""

import shutil

import pytest

from muniment.core.tags import EventTag
from muniment.vault.faults import Report
from muniment.vault.incremental import FULL, Mark
from muniment.vault.quick import READ_AGAIN, READ_ALL, Quick
from muniment.vault.sampling import Amount
from tests.vault.conftest import ORGANISATION, Keys, Vault
from tests.vault.sharded import Sharded, sharded
from tests.vault.test_verify import flip

__all__ = ["sharded"]

ALL = Amount(share=1.0)


def test_a_quick_look_at_a_sound_vault(vault: Vault, keys: Keys) -> None:
    quick = Quick(vault.path, ORGANISATION, keys.private)
    for report, mode in (
        (quick.sampled(ALL), "sampled"),
        (quick.full(), "full"),
        (quick.incremental(None, 1), "full"),
    ):
        assert report.faults == ()
        assert report.checked is not None
        assert report.checked.mode == mode
    assert quick.incremental(None, 1).notes[-1] == READ_ALL
    with vault.open() as store:
        store.commit([keys.action(EventTag.LEDGER_VERIFIED, rule=FULL, range=[0, 10])])
        store.publish()
    report = quick.incremental(Mark(11, 11), 1)
    assert report.checked is not None
    assert (report.checked.mode, report.leaves) == ("incremental", 1)


def test_all_damage_is_listed_though_the_sample_met_one(vault: Vault) -> None:
    for number in (1, 2):
        flip(vault.path / "packs" / f"{number:06d}.pack", 100)
    flip(vault.path / "keys" / "000001.keys", 10 * 64 + 5)
    quick = Quick(vault.path, ORGANISATION)
    for report in (quick.sampled(ALL), quick.incremental(None, 1)):
        assert {str(fault.kind) for fault in report.faults} >= {"damaged-slot"}
        assert len(report.faults) == 3
        assert report.checked is not None
        assert report.checked.mode == "full"


def test_what_was_wrong_for_a_moment_is_said(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Quick(vault.path, ORGANISATION)
    path = vault.path / "index"
    before = path.read_bytes()
    flip(path, 0)
    real = Quick.full

    def mended(self: Quick) -> Report:
        path.write_bytes(before)
        return real(self)

    monkeypatch.setattr(Quick, "full", mended)
    report = quick.sampled(ALL)
    assert report.faults == ()
    assert report.notes[-1] == READ_AGAIN


def test_a_head_from_outside_needs_every_leaf(vault: Vault) -> None:
    note = (vault.path / "log" / "checkpoint").read_text()
    report = Quick(vault.path, ORGANISATION, outside=(note,)).sampled(Amount(1))
    assert report.checked is not None
    assert report.checked.mode == "full"


def test_over_several_shards_everything_is_read_and_a_missing_one_is_missed(sharded: Sharded) -> None:
    """A part of one shard says nothing of the others."""
    quick = Quick(sharded.path, ORGANISATION)
    for report in (quick.sampled(ALL), quick.incremental(Mark(4, 4), 1)):
        assert report.faults == ()
        assert report.checked is not None
        assert report.checked.mode == "full"
    shutil.rmtree(sharded.path / "shards")
    for report in (quick.sampled(ALL), quick.incremental(Mark(4, 4), 1)):
        assert {str(fault.kind) for fault in report.faults} == {"missing-shard"}
