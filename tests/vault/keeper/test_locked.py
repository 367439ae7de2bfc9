"""A keeper without an organisation's own key: it keeps everything, opens nothing, and takes up where it was."""

from pathlib import Path

import msgspec
import pytest

from muniment.core.errors import LockedError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.ids import new_record_id
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault.heads import PublishedHead
from muniment.vault.keeper import keeper as keeping
from muniment.vault.keyring import Keyring, UnlockedKeyring
from muniment.vault.messages import Act, Batch, OrganisationStatus, Unlocked
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from tests.vault.firm import CHEAP, PASSPHRASE, Firm
from tests.vault.keeper.test_keeper import REQUESTS

OWN = b"the client's own words"


@pytest.fixture
def locked(firm: Firm) -> Firm:
    """A firm whose keeper was started again without the passphrase of the firm's own key."""
    firm.do(ask.Append(firm.organisation, Act(tag=EventTag.DOMAIN_ASSIGNED, body={"domain": "firm.example"})))
    firm.seal(b"before")
    firm.keyring.protect(firm.organisation, PassphraseWrapper(OWN, CHEAP))
    return without_its_key(firm)


def without_its_key(firm: Firm) -> Firm:
    firm.keyring = Keyring.unlock(firm.home, PASSPHRASE)
    firm.restart()
    return firm


def status(firm: Firm) -> OrganisationStatus:
    return firm.keeper.status().organisations[0]


def unlock(firm: Firm, passphrase: bytes = OWN) -> Unlocked:
    answer = firm.do(ask.Unlock(firm.organisation, passphrase))
    assert isinstance(answer, Unlocked)
    return answer


def test_mail_is_kept_and_the_head_goes_on(locked: Firm) -> None:
    before = status(locked)
    assert before.locked == "Its own passphrase has not been given."
    assert (before.own, before.records) == (True, 1)
    locked.seal(b"while", b"locked")
    locked.do(ask.Append(locked.organisation, Act(tag=EventTag.SIGN_IN_MADE)))
    now = status(locked)
    assert (now.records, now.size) == (3, before.size + 3)
    head = locked.do(ask.AskHead(locked.organisation, 0))
    assert isinstance(head, PublishedHead)
    expires = locked.clock.time + 3600
    taken = locked.do(ask.TakeKeys(locked.organisation, "nightly", expires))
    assert taken.size == now.size + 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
def test_nothing_is_opened_or_decided(locked: Firm, request_: msgspec.Struct) -> None:
    if not isinstance(request_, ask.Request) or isinstance(request_, keeping.WHILE_LOCKED):
        return
    with pytest.raises(LockedError, match="muniment organisation unlock"):
        locked.do(msgspec.structs.replace(request_, organisation=locked.organisation))


@pytest.mark.parametrize("tag", [EventTag.HOLD_PLACED, EventTag.DOMAIN_ENDED, EventTag.SECOND_PERSON_TOLD])
def test_an_act_that_changes_what_somebody_may_do_waits(locked: Firm, tag: EventTag) -> None:
    size = status(locked).size
    with pytest.raises(LockedError):
        locked.do(ask.Append(locked.organisation, Act(tag=tag, warrant="ab")))
    assert status(locked).size == size


def test_unlocked_it_knows_all_that_it_knew_and_opens_what_came_meanwhile(locked: Firm) -> None:
    [record] = locked.seal(b"came while it was locked")
    index = unlock(locked).index
    again = Keyring.unlock(locked.home, PASSPHRASE)
    again.unlock_organisation(locked.organisation, OWN)
    assert index == again.index_key(locked.organisation)
    assert status(locked).locked == ""
    assert {key.person for key in locked.books.register.keys.values()} >= {
        locked.director.id,
        locked.first.id,
    }
    opened = locked.open(locked.admit(locked.warrant([record]), [record]), record)
    assert locked.do(ask.Read(opened.session, 0, 100)) == b"came while it was locked"
    tags = [locked.keeper.room(locked.organisation).store.entry(seq).clear for seq in locked.books.actions]
    assert sum(EventTag.ORGANISATION_UNLOCKED.encode() in clear for clear in tags) == 1
    before = dict(vars(locked.books))
    without_its_key(locked)
    unlock(locked)
    after = dict(vars(locked.books))
    assert len(after.pop("actions")) == len(before.pop("actions")) + 1
    for each in ("place", "unclaimed"):
        assert after.pop(each) != before.pop(each)  # how each asks its own store
    assert after == before


def test_a_test_call_is_declared_while_it_is_locked_and_known_afterwards(locked: Firm) -> None:
    record = new_record_id()
    locked.do(ask.DeclareTest(locked.organisation, record))
    assert record in locked.books.tests
    unlock(locked)
    assert record in locked.books.tests


def test_a_wrong_passphrase_leaves_it_locked(locked: Firm) -> None:
    for wrong in (b"", b"wrong", PASSPHRASE):
        with pytest.raises((RefusedError, LockedError)):
            unlock(locked, wrong)
    assert status(locked).locked
    unlock(locked)
    with pytest.raises(RefusedError):
        unlock(locked, b"wrong")
    size = status(locked).size
    unlock(locked)
    assert (status(locked).locked, status(locked).size) == ("", size)


def test_one_without_a_key_of_its_own_is_never_locked(firm: Firm) -> None:
    with pytest.raises(WrongUseError, match="never locked"):
        unlock(firm)
    assert status(firm).own is False


def test_indexing_takes_up_where_it_was(locked: Firm) -> None:
    locked.seal(b"later")
    unlock(locked)
    batch = locked.do(ask.NextBatch(locked.organisation, "index", "mail/1", -1, 100))
    assert isinstance(batch, Batch)
    assert [entry.original for entry in batch.entries if entry.kind == 1] == [b"before", b"later"]


def test_its_mail_still_finds_it_and_never_goes_to_somebody_else(locked: Firm) -> None:
    assert locked.do(ask.AskDomains()) == {"firm.example": locked.organisation}
    kept = locked.home.path / "system" / "domains" / locked.organisation
    assert b"firm.example" not in kept.read_bytes()
    for damage in (kept.read_bytes()[:-1], b"", None):
        if damage is None:
            kept.unlink()
        else:
            kept.write_bytes(damage)
        without_its_key(locked)
        with pytest.raises(LockedError, match="Which domains are its own"):
            locked.do(ask.AskDomains())
    unlock(locked)
    assert locked.do(ask.AskDomains()) == {"firm.example": locked.organisation}
    without_its_key(locked)
    assert locked.do(ask.AskDomains()) == {"firm.example": locked.organisation}


def test_a_list_of_domains_from_before_the_last_word_is_not_believed(locked: Firm) -> None:
    kept = locked.home.path / "system" / "domains" / locked.organisation
    old = kept.read_bytes()
    unlock(locked)
    locked.do(
        ask.Append(locked.organisation, Act(tag=EventTag.DOMAIN_ENDED, body={"domain": "firm.example"}))
    )
    assert kept.read_bytes() != old
    without_its_key(locked)
    assert locked.do(ask.AskDomains()) == {}
    kept.write_bytes(old)
    without_its_key(locked)
    with pytest.raises(LockedError):
        locked.do(ask.AskDomains())


def test_the_epoch_waits_and_turns_once_it_is_unlocked(locked: Firm) -> None:
    room, begun = locked.keeper.room(locked.organisation), status(locked).turned
    assert begun > 0
    locked.clock.time += 40 * 24 * 3600
    assert not room.turn_due()
    locked.keeper.tend()
    assert status(locked).epoch == 1
    assert status(locked).turned == begun
    unlock(locked)
    assert room.turn_due()
    locked.keeper.tend()
    assert status(locked).epoch == 2
    without_its_key(locked)
    assert status(locked).turned == locked.clock.time
    locked.seal(b"under the second epoch")


def test_a_turn_that_was_cut_short_is_finished_after_unlocking(locked: Firm) -> None:
    unlock(locked)
    locked.keeper.room(locked.organisation).ring.add()
    without_its_key(locked)
    [record] = locked.seal(b"between two epochs")
    unlock(locked)
    locked.keeper.tend()
    assert status(locked).epoch == 2
    opened = locked.open(locked.admit(locked.warrant([record]), [record]), record)
    assert locked.do(ask.Read(opened.session, 0, 100)) == b"between two epochs"


def test_no_own_passphrase_and_no_key_lies_in_the_home(locked: Firm) -> None:
    index = unlock(locked).index
    for path in Path(locked.home.path).rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert OWN not in data
            assert index not in data
            assert index.hex().encode() not in data


def test_the_master_key_alone_gives_no_key_of_its_own(locked: Firm) -> None:
    ring: UnlockedKeyring = Keyring.unlock(locked.home, PASSPHRASE)
    keys = ring.keeper_keys().organisations[0]
    assert (keys.epochs, bool(keys.own)) == (b"", True)
    assert ring.librarian_keys().index == {}
    for ask_for in (ring.index_key, lambda name: ring.epoch_private(name, 1)):
        with pytest.raises(NotAvailableError):
            ask_for(locked.organisation)
