"""Verify compares every anchor: a rewrite, a rollback and a bad token are faults, a missing one is a note."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core import clock
from muniment.vault.anchors import names
from muniment.vault.anchors.checking import NO_ANCHOR, ONLY_MAILED, Trust
from muniment.vault.anchors.cosignature import WitnessSigner
from muniment.vault.anchors.names import Ending
from muniment.vault.anchors.timestamps import stamp
from muniment.vault.faults import Report
from muniment.vault.store import Store
from muniment.vault.verify import verify
from tests.vault.anchors.stamping import Authority, serving, stamps
from tests.vault.conftest import ORGANISATION, Keys, Vault
from tests.vault.test_verify import flip

WITNESS = WitnessSigner("witness.example/w1", Ed25519PrivateKey.generate())
STRANGER = WitnessSigner("witness.example/w2", Ed25519PrivateKey.generate())


@dataclass(frozen=True)
class Anchored:
    """A vault with one time stamp and one cosignature of each published head."""

    vault: Vault
    trust: Trust

    def verify(self, path: Path | None = None, trust: Trust | None = None) -> Report:
        return verify(path or self.vault.path, ORGANISATION, trust=trust or self.trust)

    def kinds(self, path: Path | None = None, trust: Trust | None = None) -> set[str]:
        return {str(fault.kind) for fault in self.verify(path, trust).faults}

    def file(self, ending: Ending) -> Path:
        folder = self.vault.path / "anchors"
        return folder / next(one.name for one in names.listed(folder) if one.ending is ending)


def anchor(store: Store, authority: Authority) -> None:
    note = store.checkpoint_text
    now = clock.seconds()
    with serving(stamps(authority)) as url:
        token = stamp(url, note.encode(), [authority.root], now=now)
    store.keep_anchor(note, token, "authority", Ending.STAMPED, now)
    cosigned = note + WITNESS.line(store.checkpoint, now)
    store.keep_anchor(note, cosigned.encode(), "witness", Ending.COSIGNED, now)


@pytest.fixture
def anchored(tmp_path: Path, keys: Keys, authority: Authority) -> Anchored:
    path = tmp_path / "anchored" / ORGANISATION
    path.parent.mkdir()
    with Store.create(path, ORGANISATION, keys.signer) as store:
        store.commit([keys.records(b"one", b"two")])
        store.publish()
        anchor(store, authority)
        store.commit([keys.records(b"three")])
        store.publish()
    return Anchored(Vault(path, keys), Trust((WITNESS.verifier,), (authority.root,)))


def test_a_sound_vault_with_anchors_has_no_fault_and_no_note(anchored: Anchored):
    report = anchored.verify()
    assert report.faults == ()
    assert report.notes == ()


def test_every_flipped_byte_of_an_anchor_is_found(anchored: Anchored):
    for path in sorted((anchored.vault.path / "anchors").iterdir()):
        expected = {"bad-signature", "bad-anchor"} if path.suffix == ".checkpoint" else {"bad-anchor"}
        for at in range(0, path.stat().st_size, 7):
            before = flip(path, at)
            found = anchored.kinds(trust=Trust())
            path.write_bytes(before)
            assert found, (path.name, at)
            assert found <= expected, (path.name, at, found)


def test_a_ledger_written_anew_shows_against_its_anchors(anchored: Anchored, keys: Keys, tmp_path: Path):
    other = tmp_path / "other"
    with Store.create(other, ORGANISATION, keys.signer) as store:
        store.commit([keys.records(b"x", b"y", b"z", b"more")])
        store.publish()
    for path in (anchored.vault.path / "anchors").iterdir():
        (other / "anchors" / path.name).write_bytes(path.read_bytes())
    assert anchored.kinds(other) == {"rewritten"}


def test_a_ledger_set_back_shows_against_its_anchors(anchored: Anchored, keys: Keys, tmp_path: Path):
    other = tmp_path / "other"
    with Store.create(other, ORGANISATION, keys.signer) as store:
        store.commit([keys.records(b"x")])
        store.publish()
    for path in (anchored.vault.path / "anchors").iterdir():
        (other / "anchors" / path.name).write_bytes(path.read_bytes())
    assert anchored.kinds(other) == {"rolled-back"}


def test_signatures_by_strangers_are_faults_and_unasked_ones_notes(anchored: Anchored, stranger: Authority):
    assert anchored.kinds(trust=Trust((STRANGER.verifier,), (stranger.root,))) == {"bad-anchor"}
    report = anchored.verify(trust=Trust())
    assert report.faults == ()
    assert len(report.notes) == 2
    assert all("was not checked" in note for note in report.notes)


def test_a_forged_token_is_a_fault_also_with_the_right_name(anchored: Anchored, stranger: Authority):
    folder = anchored.vault.path / "anchors"
    note = (folder / names.head_name(2)).read_bytes()
    with serving(stamps(stranger)) as url:
        token = stamp(url, note, [stranger.root], now=clock.seconds())
    forged = names.Anchor(2, clock.seconds(), "authority", names.digest(token), Ending.STAMPED)
    (folder / forged.name).write_bytes(token)
    assert anchored.kinds() == {"bad-anchor"}


def test_a_stamp_without_its_head_or_of_another_is_a_fault(anchored: Anchored):
    folder = anchored.vault.path / "anchors"
    (folder / names.head_name(2)).unlink()
    assert anchored.kinds() == {"bad-anchor"}


def test_a_name_of_another_size_is_a_fault(anchored: Anchored):
    path = anchored.file(Ending.COSIGNED)
    path.rename(path.with_name(path.name.replace("000000000002-", "000000000001-", 1)))
    assert anchored.kinds() == {"bad-anchor"}


def test_missing_anchors_are_notes(anchored: Anchored):
    folder = anchored.vault.path / "anchors"
    note = (folder / names.head_name(2)).read_bytes()
    for path in folder.iterdir():
        path.unlink()
    assert anchored.verify().notes == (NO_ANCHOR,)
    with anchored.vault.open() as store:
        store.keep_anchor(note.decode(), note, "mail", Ending.MAILED, 5)
    assert anchored.verify().faults == ()
    assert anchored.verify().notes == (ONLY_MAILED,)
    outside = verify(anchored.vault.path, ORGANISATION, outside=(note.decode(),))
    assert outside.notes == ()


def test_a_file_of_no_one_among_the_anchors_is_found(anchored: Anchored):
    (anchored.vault.path / "anchors" / "notes.txt").write_bytes(b"x")
    assert anchored.kinds() == {"extra-file"}
    (anchored.vault.path / "anchors" / "notes.txt").rename(anchored.vault.path / "anchors" / "aside")
    assert anchored.kinds() == {"torn-tail"}
