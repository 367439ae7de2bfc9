"""An act waits for two authorities, and the keeper does it with the second signature; never without."""

import hashlib
from dataclasses import dataclass

import pytest

from muniment.core import ids
from muniment.core.errors import RefusedError
from muniment.core.ids import Prefix
from muniment.people import services
from muniment.people.models import JointAct
from muniment.people.views import JointActView
from muniment.vault import messages as ask
from muniment.vault.authority import statements
from muniment.vault.authority.register import Power, RegisteredKey
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.messages import Receipt, RegisterView
from tests.vault.conftest import firm
from tests.vault.firm import Firm, Person
from tests.vault.softkey import SoftKey

__all__ = ["firm"]
pytestmark = pytest.mark.django_db
REASON = "A disk was stolen."


@dataclass
class Desk:
    """The firm's keeper, asked within this process."""

    firm: Firm

    def registered(self, organisation: str) -> tuple[RegisteredKey, ...]:
        return self.register_view(organisation).keys

    def register_view(self, organisation: str) -> RegisterView:
        found = self.firm.do(ask.AskRegistered(organisation))
        assert isinstance(found, RegisterView)
        return found

    def register(
        self, organisation: str, statement: bytes, signatures: tuple[SignedStatement, ...]
    ) -> Receipt:
        done = self.firm.do(ask.ChangeRegister(organisation, statement, signatures))
        assert isinstance(done, Receipt)
        return done

    def rotate_ledger(
        self, organisation: str, statement: bytes, signatures: tuple[SignedStatement, ...]
    ) -> Receipt:
        done = self.firm.do(ask.RotateLedger(organisation, statement, signatures))
        assert isinstance(done, Receipt)
        return done


@dataclass
class Office:
    """A firm with two authorities who have passkeys and no key file, and one who has a key file."""

    firm: Firm
    desk: Desk
    ann: SoftKey
    bob: SoftKey
    act: JointActView

    @property
    def shard(self) -> int:
        return self.desk.register_view(self.firm.organisation).shard

    def sign(self, *by: SoftKey | Person) -> JointActView:
        act = self.act
        for one in by:
            act = self.sign_with(one.sign(self.act.statement))
        return act

    def sign_with(self, signed: SignedStatement) -> JointActView:
        return services.sign_joint_act(self.desk, self.firm.organisation, self.act.id, signed)

    def waiting(self) -> tuple[JointActView, ...]:
        return services.joint_acts(self.desk, self.firm.organisation)


@pytest.fixture
def office(firm: Firm) -> Office:
    desk = Desk(firm)
    ann, bob = (SoftKey(ids.new(Prefix.PERSON), ids.new(Prefix.KEY)) for _ in range(2))
    services.found_organisation(firm.organisation, "Firm", demo=False)
    for each in (firm.first.id, firm.second.id, ann.person, bob.person):
        services.add_person(firm.organisation, "Authority", person=each)
    text = statements.build_register_change(
        organisation=firm.organisation,
        add=[one.registered(Power.REGISTER) for one in (ann, bob)],
        remove=[],
        serial=firm.books.register.serial + 1,
    )
    signatures = tuple(one.sign(text) for one in (firm.first, firm.second))
    desk.register(firm.organisation, text, signatures)
    return Office(firm, desk, ann, bob, services.propose_rotation(desk, firm.organisation, REASON))


def test_two_passkeys_give_the_ledger_another_key(office: Office) -> None:
    said = statements.read(statements.LedgerRotation, office.act.statement)
    assert (said.shard, said.reason, office.act.reason) == (2, REASON, REASON)
    assert office.act.digest == hashlib.sha256(office.act.statement).hexdigest()
    one = office.sign(office.ann)
    assert (one.state, one.signed_by, office.shard) == ("proposed", (office.ann.person,), 1)
    two = office.sign(office.bob)
    assert (two.state, set(two.signed_by)) == ("done", {office.ann.person, office.bob.person})
    assert office.shard == 2
    assert office.waiting() == ()
    sequence = JointAct.objects.get(pk=office.act.id).ledger_sequence
    assert sequence is not None
    room = office.firm.keeper.room(office.firm.organisation)
    assert b"vault:shard:opened" in room.store.entry(sequence).clear


def test_a_passkey_and_a_key_file_do_as_well(office: Office) -> None:
    assert office.sign(office.ann, office.firm.second).state == "done"


def test_one_authority_signing_twice_is_still_one(office: Office) -> None:
    assert office.sign(office.ann, office.ann).signed_by == (office.ann.person,)
    assert office.shard == 1


def test_whoever_is_no_authority_cannot_sign(office: Office) -> None:
    with pytest.raises(RefusedError, match="two authorities sign"):
        office.sign(office.firm.director)


def test_a_signature_that_does_not_hold_does_nothing_and_is_not_kept(office: Office) -> None:
    office.sign(office.ann)
    impostor = SoftKey(office.bob.person, office.bob.key, credential=office.bob.credential)
    for signed in (
        impostor.sign(office.act.statement),
        office.bob.sign(office.act.statement, origin="https://elsewhere.example"),
        office.bob.sign(office.act.statement, challenge=bytes(32)),
    ):
        with pytest.raises(RefusedError):
            office.sign_with(signed)
    (waiting,) = office.waiting()
    assert (waiting.signed_by, office.shard) == ((office.ann.person,), 1)
    assert office.sign(office.bob).state == "done"


def test_another_text_is_not_this_act(office: Office) -> None:
    with pytest.raises(RefusedError, match="no longer waits"):
        office.sign_with(office.ann.sign(office.act.statement + b" "))


def test_two_of_them_do_not_wait_beside_each_other(office: Office) -> None:
    organisation = office.firm.organisation
    with pytest.raises(RefusedError, match="already"):
        services.propose_rotation(office.desk, organisation, "Once more.")
    services.turn_down_joint_act(organisation, office.act.id)
    assert services.propose_rotation(office.desk, organisation, "Once more.").reason == "Once more."


def test_what_was_turned_down_cannot_be_signed(office: Office) -> None:
    office.sign(office.ann)
    services.turn_down_joint_act(office.firm.organisation, office.act.id)
    assert office.waiting() == ()
    with pytest.raises(RefusedError, match="no longer waits"):
        office.sign(office.bob)
    with pytest.raises(RefusedError, match="no longer waits"):
        services.turn_down_joint_act(office.firm.organisation, office.act.id)
    assert office.shard == 1


def test_what_a_command_has_overtaken_is_put_away(office: Office) -> None:
    office.sign(office.ann)
    office.firm.rotate()
    with pytest.raises(RefusedError, match="no longer waits"):
        office.sign(office.bob)
    assert office.waiting() == ()
    assert office.shard == 2


def test_another_organisation_has_nothing_to_do_with_it(office: Office) -> None:
    with pytest.raises(RefusedError, match="no longer waits"):
        services.turn_down_joint_act(ids.new(Prefix.ORGANISATION), office.act.id)
    assert len(office.waiting()) == 1
