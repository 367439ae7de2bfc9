"""When the ledger goes on in another shard, its anchors do too, and a witness learns of it by itself."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from muniment.core.settings import AnchorSettings, WitnessSettings
from muniment.processes import health
from muniment.processes.anchoring import Anchoring, Outbox
from muniment.release import checking
from muniment.vault import messages as ask
from muniment.vault import shards
from muniment.vault.anchors import names
from muniment.vault.anchors.standing import Light, standing
from muniment.vault.heads import PublishedHead, Succession
from muniment.vault.verify import verify
from muniment.vault.witness.record import Witness
from muniment.vault.witness.server import WitnessServer
from tests.vault.firm import Firm

HOUR = 3600


@dataclass
class Door:
    """The keeper's index door, in this process."""

    firm: Firm

    def status(self) -> object:
        return self.firm.do(ask.AskStatus())

    def head(self, organisation: str, old: int = 0, shard: int = 0) -> PublishedHead:
        room = self.firm.keeper.room(organisation)
        room.alone(lambda: None)
        found = self.firm.do(ask.AskHead(organisation, old, shard))
        assert isinstance(found, PublishedHead)
        return found

    def succession(self, organisation: str, shard: int) -> Succession:
        found = self.firm.do(ask.AskSuccession(organisation, shard))
        assert isinstance(found, Succession)
        return found

    def keep_anchor(self, organisation: str, note: str, data: bytes, source: str, ending: str) -> object:
        return self.firm.do(ask.KeepAnchor(organisation, note, data, source, ending))


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    made = Firm(tmp_path)
    yield made
    made.keeper.close()


@pytest.fixture
def rounds(firm: Firm, tmp_path: Path) -> Iterator[Anchoring]:
    Witness.create(tmp_path / "witness", "witness.example/w1")
    witness = Witness(tmp_path / "witness", now=firm.clock)
    witness.trust(firm.keeper.room(firm.organisation).signer.verifier)
    server = WitnessServer(("127.0.0.1", 0), witness)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    host, port = server.server_address[:2]
    friend = WitnessSettings(name="friend", url=f"http://{host!s}:{port}", key=witness.signer.verifier.text)
    yield Anchoring(firm.home, Door(firm), AnchorSettings(witnesses=(friend,)), None, firm.clock)  # type: ignore[arg-type]
    server.shutdown()
    thread.join()
    server.server_close()


def light(firm: Firm) -> Light:
    return standing(firm.home, firm.organisation, limit=HOUR, now=firm.clock.time).light


@pytest.mark.parametrize("seen", [True, False])
def test_the_new_shard_is_cosigned_also_where_the_witness_missed_one(
    firm: Firm, rounds: Anchoring, *, seen: bool
) -> None:
    if seen:
        rounds.round()
    firm.seal(b"one")
    firm.rotate()
    firm.rotate()
    assert light(firm) is Light.MISSING
    firm.clock.time += 2 * HOUR
    rounds.round()
    assert light(firm) is Light.WELL
    vault = firm.home.vault(firm.organisation)
    assert [one.source for one in names.listed(shards.last(vault).anchors)] == ["friend"]
    report = verify(vault, firm.organisation)
    assert report.faults == ()


def test_a_mail_about_the_old_shard_is_not_taken_for_one_about_the_new(firm: Firm, rounds: Anchoring) -> None:
    old = Door(firm).head(firm.organisation)
    put: list[str] = []

    def keep(_organisation: str, note: str, _size: int) -> int:
        put.append(note)
        return 1

    rounds.outbox = Outbox(put=keep, sent=lambda _organisation: old, asked=lambda _organisation: 0)
    firm.rotate()
    for _ in range(3):
        rounds.round()
        firm.clock.time += HOUR
    vault = firm.home.vault(firm.organisation)
    for layout in shards.layouts(vault).values():
        assert not any(one.source == "mail" for one in names.listed(layout.anchors))
    assert {note.split("\n")[0] for note in put} == {f"muniment/{firm.organisation}/2"}


def test_doctor_and_the_pages_count_the_entries_of_all_shards(firm: Firm) -> None:
    firm.rotate()
    firm.seal(b"one")
    room = firm.keeper.room(firm.organisation)
    room.alone(lambda: None)
    (finding,) = [each for each in health.examine(firm.home) if each.subject == "Checkpoint"]
    assert f"{room.store.size} entries in 2 shards" in finding.says
    found = checking.checkpoint(firm.home, firm.organisation)
    assert found
    assert (found[0].size, found[2]) == (room.store.checkpoint.size, room.store.size)
