"""The register: who may sign what, changed by two, never locked, never believed from elsewhere."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import Prefix, new
from muniment.vault import messages as ask
from muniment.vault.authority import statements
from muniment.vault.authority.register import Power, Register, RegisteredKey
from tests.vault.firm import Firm, Person, person


def change(
    firm: Firm, *signers: Person, add: tuple[RegisteredKey, ...] = (), serial: int | None = None
) -> None:
    text = statements.build_register_change(
        organisation=firm.organisation,
        add=add,
        remove=(),
        serial=firm.books.register.serial + 1 if serial is None else serial,
    )
    firm.do(ask.ChangeRegister(firm.organisation, text, tuple(each.sign(text) for each in signers)))


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(RefusedError, match="not in the register"):
        Register().key("key_a")


def test_persons_by_power(firm: Firm) -> None:
    register = firm.books.register
    assert register.persons(Power.REGISTER) == {firm.first.id, firm.second.id}
    assert register.persons(Power.DECIDE) == {firm.director.id, firm.deputy.id}
    assert register.persons(Power.HOLD) == set()


def test_two_authorities_change_it(firm: Firm) -> None:
    new_one = person(Power.HOLD)
    change(firm, firm.first, firm.second, add=(new_one.registered(),))
    assert firm.books.register.key(new_one.key) == new_one.registered()


def test_one_authority_twice_is_one(firm: Firm) -> None:
    for signers in ((firm.first,), (firm.first, firm.first), ()):
        with pytest.raises(RefusedError, match="two different persons"):
            change(firm, *signers, add=(person(Power.HOLD).registered(),))


def test_others_cannot_change_it(firm: Firm) -> None:
    with pytest.raises(RefusedError, match="not the power"):
        change(firm, firm.first, firm.director, add=(person(*Power).registered(),))


def test_a_change_cannot_be_replayed_or_come_early(firm: Firm) -> None:
    for serial in (firm.books.register.serial, firm.books.register.serial + 2):
        with pytest.raises(RefusedError, match="not the next one"):
            change(firm, firm.first, firm.second, serial=serial)


def test_signatures_under_another_change_do_not_count(firm: Firm) -> None:
    def text(who: Person) -> bytes:
        return statements.build_register_change(
            organisation=firm.organisation,
            add=[who.registered()],
            remove=(),
            serial=firm.books.register.serial + 1,
        )

    shown, meant = text(person(Power.HOLD)), text(person(*Power))
    signatures = (firm.first.sign(shown), firm.second.sign(shown))
    with pytest.raises(RefusedError, match="another text"):
        firm.do(ask.ChangeRegister(firm.organisation, meant, signatures))


def test_another_organisations_change_does_not_count(firm: Firm) -> None:
    text = statements.build_register_change(
        organisation=new(Prefix.ORGANISATION), add=(), remove=(), serial=firm.books.register.serial + 1
    )
    with pytest.raises(RefusedError):
        firm.do(ask.ChangeRegister(firm.organisation, text, (firm.first.sign(text), firm.second.sign(text))))


def test_the_last_two_authorities_stay(firm: Firm) -> None:
    with pytest.raises(RefusedError, match="fewer than two"):
        firm.change(remove=[firm.first.key])


def test_a_key_is_registered_once(firm: Firm) -> None:
    with pytest.raises(RefusedError, match="already"):
        firm.change(add=[firm.director])
    one = person()
    with pytest.raises(WrongUseError, match="twice"):
        firm.change(add=[one, one])


def test_a_demos_key_counts_only_in_a_demo(firm: Firm) -> None:
    with pytest.raises(RefusedError, match="demo"):
        change(firm, firm.first, firm.second, add=(person(Power.DECIDE).registered(demo=True),))
