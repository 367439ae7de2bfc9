"""What was shown comes back once, from the same person, for the same act, within half an hour."""

from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.governance import prepared
from muniment.governance.models import Prepared
from muniment.governance.statements import ToSign
from muniment.vault.authority.register import Power
from tests.governance.house import House

SHOWN = ToSign("You sign", ("A summary.",), b'{"type":"test"}')


def test_it_comes_back_once(house: House) -> None:
    hana = house.person("hana")
    prepared.prepare(hana, "act", "subject", SHOWN, warrant=b"w", payload={"a": 1})
    row = prepared.take(hana, "act", "subject", house.sign("hana", SHOWN))
    assert (bytes(row.warrant), row.payload) == (b"w", {"a": 1})
    with pytest.raises(RefusedError, match="not the text"):
        prepared.take(hana, "act", "subject", house.sign("hana", SHOWN))


@pytest.mark.parametrize(
    ("by", "act", "subject"),
    [("ines", "act", "subject"), ("hana", "other", "subject"), ("hana", "act", "other")],
)
def test_not_from_another_nor_for_another_act_or_subject(
    house: House, by: str, act: str, subject: str
) -> None:
    prepared.prepare(house.person("hana"), "act", "subject", SHOWN)
    with pytest.raises(RefusedError, match="not the text"):
        prepared.take(house.person(by), act, subject, house.sign(by, SHOWN))


def test_not_after_half_an_hour(house: House) -> None:
    hana = house.person("hana")
    prepared.prepare(hana, "act", "subject", SHOWN)
    Prepared.objects.update(prepared=clock.now() - timedelta(minutes=31))
    with pytest.raises(RefusedError, match="too long ago"):
        prepared.take(hana, "act", "subject", house.sign("hana", SHOWN))


def test_a_signature_is_checked_at_once_against_the_register(house: House) -> None:
    hana = house.person("hana")
    prepared.check(house.desk, hana, house.sign("hana", SHOWN), frozenset({Power.REQUEST}))
    with pytest.raises(RefusedError, match="none of the powers decide"):
        prepared.check(house.desk, hana, house.sign("hana", SHOWN), frozenset({Power.DECIDE}))
    with pytest.raises(RefusedError, match="Somebody else"):
        prepared.check(house.desk, hana, house.sign("dora", SHOWN), frozenset({Power.REQUEST}))
    with pytest.raises(RefusedError, match="not in the register"):
        prepared.check(house.desk, house.person("eve"), house.sign("eve", SHOWN), frozenset({Power.REQUEST}))
