"""The one way in which a page gets a statement signed."""

from typing import cast

import pytest
from django.core import signing as django_signing
from django.test import RequestFactory

from muniment.core.errors import RefusedError, WrongUseError
from muniment.people import services
from muniment.people.roles import Role
from muniment.vault.authority.signing import SignedStatement, to_json
from muniment.web import signing
from muniment.web.requests import PersonRequest
from tests.town import Town
from tests.web.test_demo_keys import write

STATEMENT = b'{"organisation":"org_x","type":"muniment/example/v1"}'
USE = "decide:req_1"


def asked(town: Town, role: Role = Role.DIRECTOR, **fields: str) -> PersonRequest:
    request = cast("PersonRequest", RequestFactory().post("/", fields, SERVER_NAME="localhost"))
    request.person = services.view(town.ours[role].id)
    return request


def offer(town: Town, role: Role = Role.DIRECTOR) -> signing.Signing:
    return signing.offer(asked(town, role), STATEMENT, use=USE, action="Approve", words=[("What", "All")])


def answer(town: Town, signed: SignedStatement) -> SignedStatement:
    request = asked(town, offer=offer(town).offer, signed=to_json(signed).decode())
    return signing.received(request, use=USE)


def test_what_was_offered_and_signed_comes_back(town: Town) -> None:
    signed = town.ours[Role.DIRECTOR].sign(STATEMENT)
    assert answer(town, signed) == signed


def test_what_the_command_line_signed_may_be_pasted(town: Town) -> None:
    signed = town.ours[Role.DIRECTOR].sign(STATEMENT)
    request = asked(town, offer=offer(town).offer, how="pasted", pasted=f"\n{to_json(signed).decode()}\n")
    assert signing.received(request, use=USE) == signed


def test_another_text_is_refused_though_its_signature_holds(town: Town) -> None:
    with pytest.raises(RefusedError, match="not the text of this page"):
        answer(town, town.ours[Role.DIRECTOR].sign(STATEMENT + b" "))


def test_another_persons_signature_is_refused(town: Town) -> None:
    with pytest.raises(RefusedError, match="not the text of this page"):
        answer(town, town.ours[Role.DATA_CONTROLLER].sign(STATEMENT))


def test_an_offer_serves_one_person_and_one_use(town: Town) -> None:
    made = offer(town).offer
    with pytest.raises(RefusedError, match="another person or page"):
        signing.offered(asked(town, Role.HR, offer=made), use=USE)
    with pytest.raises(RefusedError, match="another person or page"):
        signing.offered(asked(town, offer=made), use="decide:req_2")
    assert signing.offered(asked(town, offer=made), use=USE) == STATEMENT


def test_a_made_up_offer_is_refused(town: Town) -> None:
    forged = django_signing.dumps(
        {"text": "{}", "for": town.ours[Role.DIRECTOR].id, "use": USE}, salt="other"
    )
    for text in (forged, "", offer(town).offer[:-1]):
        with pytest.raises(RefusedError, match="not made by Muniment"):
            signing.offered(asked(town, offer=text), use=USE)


def test_an_old_offer_is_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made = offer(town).offer
    monkeypatch.setattr(signing, "LONGEST_OFFER", -1)
    with pytest.raises(RefusedError, match="open too long"):
        signing.offered(asked(town, offer=made), use=USE)


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"statement": 1}'])
def test_what_is_no_signature_is_said_to_be_none(town: Town, text: str) -> None:
    with pytest.raises(WrongUseError):
        signing.received(asked(town, offer=offer(town).offer, signed=text), use=USE)


def test_the_demo_key_signs_on_the_server_in_a_demo(town: Town) -> None:
    write(town, town.ours[Role.DIRECTOR])
    try:
        assert offer(town).demo_key
        signed = signing.received(asked(town, offer=offer(town).offer, how="demo"), use=USE)
    finally:
        town.home.demo.unlink()
    assert (signed.statement, signed.key) == (STATEMENT, town.ours[Role.DIRECTOR].key)
    assert not offer(town).demo_key


def test_where_the_ledger_says_no_demo_no_demo_key_signs(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    write(town, town.ours[Role.DIRECTOR])
    monkeypatch.setattr(signing, "says_demo", lambda _organisation: False)
    try:
        assert not offer(town).demo_key
        with pytest.raises(RefusedError, match="only where the ledger"):
            signing.received(asked(town, offer=offer(town).offer, how="demo"), use=USE)
    finally:
        town.home.demo.unlink()


def test_only_passkeys_are_offered_to_the_browser(town: Town) -> None:
    assert offer(town).passkeys == []
    assert [key.key for key in offer(town).keys] == [town.ours[Role.DIRECTOR].key]
