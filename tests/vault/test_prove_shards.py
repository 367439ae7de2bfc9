"""A bundle over several shards proves all openings, and both readers refuse one with a shard left out or forged."""

import json
from pathlib import Path

import pytest

from muniment.core import ids
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault.evidence import shard_name
from muniment.vault.prove import Proved, check_bundle
from muniment.vault.segments import StreamSealer
from tests.project.test_second_reader import READER
from tests.vault.conftest import STATEMENT
from tests.vault.firm import Firm
from tests.vault.keeper.test_index_door import batch
from tests.vault.keeper.test_streams import proved
from tests.vault.small_segments import small
from tests.vault.test_prove import failed, resealed

__all__ = ["small"]


def second(files: dict[str, bytes], where: Path, trusted: str = "") -> set[int]:
    """The steps that do not pass in the second reader."""
    for name, data in files.items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    key = READER.Key.parse(trusted) if trusted else None
    checks = READER.check_bundle(where, key)["checks"]
    return {at for at, check in enumerate(checks, 1) if not check["passed"]}


def opened_in(files: dict[str, bytes]) -> list[int]:
    return [each["sequence"] for each in json.loads(files["data/proof/openings.json"])]


def scene(firm: Firm) -> tuple[str, str]:
    """A record in the first shard and one in the second of three, both opened in the third too."""
    (old,) = firm.seal(b"old")
    reading = firm.admit(firm.warrant([old]), [old])
    firm.open(reading, old)
    batch(firm, -1)
    firm.rotate()
    (new,) = firm.seal(b"new")
    firm.open(reading, old)
    firm.rotate()
    firm.open(reading, old)
    return old, new


def test_openings_in_later_shards_are_proved(firm: Firm, tmp_path: Path) -> None:
    old, new = scene(firm)
    for place, record in enumerate((old, new)):
        files = proved(firm, record)
        found = check_bundle(files)
        assert found.holds, found.checks
        assert second(files, tmp_path / str(place)) == set()
        books = firm.books
        acts = [
            seq
            for seq in books.actions_of[ids.record_bytes(record)]
            if EventTag.RECORD_OPENED.encode() in firm.keeper.room(firm.organisation).store.entry(seq).clear
        ]
        assert set(acts) <= set(opened_in(files))
    files = proved(firm, old)
    assert len(opened_in(files)) == 6  # three times read, once examined, twice to prove it
    assert {name for name in files if "/shards/" in name} == {
        shard_name(number, name) for number in (2, 3) for name in ("checkpoint", "entries", "ledger-key")
    }
    assert not any("/shards/0001" in name for name in proved(firm, new))
    leaves = sum(shard.store.size for shard in firm.keeper.room(firm.organisation).store.shards)
    assert check_bundle(proved(firm, old)).leaves >= leaves


def test_with_one_shard_there_is_nothing_new_in_it(firm: Firm) -> None:
    (record,) = firm.seal(b"one")
    assert not any("shards" in name for name in proved(firm, record))


def test_any_key_of_the_chain_may_be_the_trusted_one_and_no_other(firm: Firm, tmp_path: Path) -> None:
    old, _ = scene(firm)
    files = proved(firm, old)
    texts = [files[name].decode().strip() for name in files if name.endswith("ledger-key")]
    assert len(set(texts)) == 3
    for place, text in enumerate(texts):
        trusted = firm.keeper.room(firm.organisation).store.verifier.parse(text)
        assert check_bundle(files, trusted).holds
        assert second(files, tmp_path / str(place), text) == set()
    other = Firm(tmp_path / "other")
    stranger = other.keeper.room(other.organisation).signer.verifier
    assert 5 in failed(check_bundle(files, stranger))
    assert 5 in second(files, tmp_path / "stranger", stranger.text)
    other.keeper.close()


def without(files: dict[str, bytes], number: int) -> dict[str, bytes]:
    """The same with one shard left out, and the openings that stood in it."""
    kept = {name: data for name, data in files.items() if f"/shards/{number:04d}/" not in name}
    found: Proved = check_bundle(resealed(kept))
    assert not found.holds
    return kept


@pytest.mark.parametrize("number", [2, 3])
def test_a_shard_that_is_left_out_is_missed(firm: Firm, tmp_path: Path, number: int) -> None:
    old, _ = scene(firm)
    files = resealed(without(proved(firm, old), number))
    assert 6 in failed(check_bundle(files))
    assert 6 in second(files, tmp_path / "bag")


def test_a_shard_of_another_ledger_or_an_earlier_head_is_refused(firm: Firm, tmp_path: Path) -> None:
    old, new = scene(firm)
    files = proved(firm, old)
    other = Firm(tmp_path / "other")
    (stranger,) = other.seal(b"x")
    other.rotate()
    theirs = proved(other, stranger)
    for number, name in enumerate(("checkpoint", "entries", "ledger-key")):
        changed = dict(files)
        changed[shard_name(2, name)] = theirs[shard_name(2, name)]
        assert failed(check_bundle(resealed(changed))) & {5, 6, 7}
        assert second(resealed(changed), tmp_path / str(number)) & {5, 6, 7}
    whole = files | {
        shard_name(2, name): theirs[shard_name(2, name)] for name in ("checkpoint", "entries", "ledger-key")
    }
    assert 6 in failed(check_bundle(resealed(whole)))
    assert 6 in second(resealed(whole), tmp_path / "whole")
    hidden = files | {"data/proof/openings.json": proved(firm, new)["data/proof/openings.json"]}
    assert failed(check_bundle(resealed(hidden))) == second(resealed(hidden), tmp_path / "hidden") == {7}
    other.keeper.close()


def test_a_recording_over_two_shards_is_proved(firm: Firm, small: int, tmp_path: Path) -> None:
    key = firm.keyring.current_epoch(firm.organisation)
    sealer = StreamSealer(firm.organisation)
    firm.do(ask.Seal(firm.organisation, sealer.segment(key, b"a" * small, final=False)))
    firm.rotate()
    firm.do(ask.Seal(firm.organisation, sealer.segment(key, b"b" * 7, final=True)))
    firm.do(ask.Seal(firm.organisation, sealer.record(key, STATEMENT)))
    files = proved(firm, ids.record_text(sealer.id))
    assert shard_name(1, "entries") in files
    assert check_bundle(files).holds
    assert second(files, tmp_path / "bag") == set()
