"""Anchors are asked for when they are due, kept by the keeper, and a contradiction is never forgotten by silence."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from muniment.core import clock
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.core.settings import AnchorSettings, AuthoritySettings, WitnessSettings
from muniment.processes import anchoring, health
from muniment.processes.anchoring import Anchoring, Outbox
from muniment.processes.health import State
from muniment.vault import sealing, setup
from muniment.vault.anchors import names
from muniment.vault.anchors.names import Anchor, Ending
from muniment.vault.anchors.standing import Light, read_troubles, standing
from muniment.vault.client import Doors, IndexDoor, doors
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.keyring import Cost
from muniment.vault.layout import Layout
from muniment.vault.private import private_keeper
from muniment.vault.sealing import Document
from muniment.vault.store import read_ledger_key
from muniment.vault.verify import verify
from muniment.vault.witness.record import Witness
from muniment.vault.witness.server import WitnessServer
from tests.vault.anchors.conftest import authority  # noqa: F401 - a fixture
from tests.vault.anchors.stamping import Authority, serving, stamps

PASSPHRASE = b"correct horse battery staple"
HOUR = 3600


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.time = clock.seconds()

    def __call__(self) -> int:
        return self.time


@dataclass
class Firm:
    """An installation with a running keeper, and a witness that answers over HTTP."""

    home: Home
    doors: Doors
    organisation: str
    witness: Witness
    url: str
    now: Clock

    def anchoring(self, outbox: Outbox | None = None, **changes: object) -> Anchoring:
        key = self.witness.signer.verifier.text
        witness = WitnessSettings(name="friend", url=self.url, key=key)
        chosen = AnchorSettings(**{"witnesses": (witness,), **changes})
        return Anchoring(self.home, self.doors.index, chosen, outbox, self.now)

    def seal(self) -> int:
        epoch = self.doors.capture.epoch(self.organisation)
        content = pack_content(b"{}", b"mail")
        self.doors.capture.seal(sealing.seal_batch(epoch, [Document(Kind.RECORD, content)]))
        for _ in range(100):
            status = self.doors.index.status().organisations[0]
            if status.published == status.size:
                return status.size
            threading.Event().wait(0.05)
        raise AssertionError("The keeper did not publish.")

    @property
    def anchors(self) -> list[Anchor]:
        return names.listed(Layout(self.home.vault(self.organisation)).anchors)

    def light(self) -> Light:
        return standing(self.home, self.organisation, limit=26 * HOUR, now=self.now()).light


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    home = Home(tmp_path / "home")
    cost = Cost(memory=64, passes=1, lanes=1)
    founding, _ = setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=cost)
    Witness.create(tmp_path / "witness", "witness.example/w1")
    now = Clock()
    witness = Witness(tmp_path / "witness", now=now)
    witness.trust(read_ledger_key(Layout(home.vault(founding.organisation))))
    server = WitnessServer(("127.0.0.1", 0), witness)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    with private_keeper(home, PASSPHRASE):
        opened = doors(home)
        url = f"http://127.0.0.1:{server.server_port}"
        made = Firm(home, opened, founding.organisation, witness, url, now)
        made.seal()
        yield made
        opened.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_ledger_is_anchored_when_it_has_grown_and_the_interval_is_over(firm: Firm):
    rounds = firm.anchoring()
    rounds.round()
    assert [anchor.source for anchor in firm.anchors] == ["friend"]
    rounds.round()
    firm.now.time += 9 * HOUR
    rounds.round()
    assert len(firm.anchors) == 1  # nothing is new
    size = firm.seal()
    rounds.round()
    assert [anchor.size for anchor in firm.anchors][-1] == size
    firm.seal()
    rounds.round()
    assert len(firm.anchors) == 2  # too soon
    report = verify(
        firm.home.vault(firm.organisation), firm.organisation, trust=anchoring.trust(rounds.chosen)
    )
    assert (report.faults, report.notes) == ((), ())


def test_a_time_stamp_is_kept_raw_and_verifies(firm: Firm, authority: Authority):  # noqa: F811
    with serving(stamps(authority)) as url:
        named = AuthoritySettings(name="stamper", url=url, roots=(str(authority.root),))
        rounds = firm.anchoring(authorities=(named,))
        rounds.round()
    assert {anchor.ending for anchor in firm.anchors} == {Ending.STAMPED, Ending.COSIGNED}
    report = verify(
        firm.home.vault(firm.organisation), firm.organisation, trust=anchoring.trust(rounds.chosen)
    )
    assert (report.faults, report.notes) == ((), ())


def test_a_source_that_fails_is_noted_tried_again_soon_and_stops_no_other(firm: Firm):
    away = WitnessSettings(name="away", url="http://127.0.0.1:1", key=firm.witness.signer.verifier.text)
    here = WitnessSettings(name="friend", url=firm.url, key=firm.witness.signer.verifier.text)
    rounds = firm.anchoring(witnesses=(away, here))
    rounds.round()
    assert [anchor.source for anchor in firm.anchors] == ["friend"]
    troubles = read_troubles(firm.home, firm.organisation)
    assert set(troubles) == {"away"}
    assert not troubles["away"].alarm
    assert firm.light() is Light.WELL
    first = troubles["away"].time
    firm.now.time += 60
    rounds.round()
    assert read_troubles(firm.home, firm.organisation)["away"].time == first
    firm.now.time += anchoring.RETRY_SECONDS
    rounds.round()
    assert read_troubles(firm.home, firm.organisation)["away"].time > first
    (finding,) = [each for each in health.examine(firm.home) if each.subject == "Anchor"]
    assert finding.state is State.ATTENTION
    assert "away" in finding.says


def test_a_home_that_was_set_back_is_found_by_its_witness_and_stays_found(firm: Firm, tmp_path: Path):
    firm.doors.close()
    rounds = firm.anchoring()
    vault = firm.home.vault(firm.organisation)
    earlier = tmp_path / "earlier"
    shutil.copytree(vault, earlier)
    firm.seal()
    rounds.round()
    assert firm.light() is Light.WELL
    set_back = SetBack(firm, earlier)
    rounds = Anchoring(firm.home, set_back, rounds.chosen, None, firm.now)  # type: ignore[arg-type]
    for path in (vault / "anchors").iterdir():
        path.unlink()  # who sets the vault back sets its anchors back too
    firm.now.time += 2 * HOUR
    rounds.round()
    assert firm.light() is Light.CONTRADICTED
    (finding,) = [each for each in health.examine(firm.home) if each.subject == "Anchor"]
    assert finding.state is State.TROUBLE
    assert "has seen" in finding.says
    set_back.away = True
    firm.now.time += 2 * HOUR
    rounds.round()
    assert firm.light() is Light.CONTRADICTED


class SetBack:
    """The door of a keeper whose vault was set back: it shows the earlier head."""

    def __init__(self, firm: Firm, earlier: Path) -> None:
        self._firm, self._note, self.away = firm, (earlier / "log" / "checkpoint").read_text(), False

    def status(self) -> object:
        return self._firm.doors.index.status()

    def head(self, organisation: str, old: int = 0) -> object:
        if self.away:
            raise NotAvailableError("The keeper is away.")
        size = int(self._note.split("\n")[1])
        found = IndexDoor(self._firm.home.socket("index")).head(organisation)
        return type(found)(self._note, size, old, ())


def test_a_ledger_shorter_than_its_own_anchors_is_an_alarm(firm: Firm):
    folder = Layout(firm.home.vault(firm.organisation)).anchors
    (folder / Anchor(999, firm.now(), "friend", "0" * 16, Ending.COSIGNED).name).touch()
    firm.anchoring(witnesses=()).round()
    assert firm.light() is Light.CONTRADICTED


@dataclass(frozen=True)
class Taken:
    """A head that a mail server took."""

    size: int
    note: str


def test_a_head_is_mailed_once_a_day_and_kept_when_it_was_taken(firm: Firm):
    boxed: list[Taken] = []
    taken: list[Taken] = []
    asked = [0]

    def put(_organisation: str, note: str, size: int) -> int:
        boxed.append(Taken(size, note))
        asked[0] = firm.now()
        return 1

    outbox = Outbox(put, lambda _: taken[-1] if taken else None, lambda _: asked[0])
    rounds = firm.anchoring(outbox, witnesses=())
    rounds.round()
    rounds.round()
    assert len(boxed) == 1
    assert firm.anchors == []
    assert firm.light() is Light.MISSING
    firm.seal()
    taken.append(boxed[0])
    rounds.round()
    assert [(anchor.source, anchor.size) for anchor in firm.anchors] == [("mail", boxed[0].size)]
    firm.now.time += 25 * HOUR
    rounds.round()
    assert len(boxed) == 2


def test_one_name_for_two_sources_and_a_wrong_key_are_wrong(firm: Firm):
    friend = WitnessSettings(name="friend", url=firm.url, key="nonsense")
    with pytest.raises(ValueError, match="one name"):
        AnchorSettings(witnesses=(friend, friend))
    with pytest.raises(WrongUseError):
        anchoring.trust(AnchorSettings(witnesses=(friend,)))


def test_a_fault_of_one_round_does_not_end_the_thread(firm: Firm, monkeypatch: pytest.MonkeyPatch):
    rounds, stop, seen = firm.anchoring(), threading.Event(), [0]

    def fail() -> None:
        seen[0] += 1
        if seen[0] == 3:
            stop.set()
        raise RuntimeError

    monkeypatch.setattr(anchoring, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(rounds, "round", fail)
    anchoring.run(rounds, stop)
    assert seen[0] == 3
