"""Signatures: real ones hold, and every deviation of a passkey's assertion is refused."""

from types import MappingProxyType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import RefusedError, WrongUseError
from muniment.vault.authority import signing, statements
from muniment.vault.authority.register import KeyKind, Power, Register, RegisteredKey
from tests.vault.firm import person
from tests.vault.softkey import PRESENT, VERIFIED, SoftKey

TEXT = statements.build_revocation(organisation="org_a", warrant="0" * 64, person="per_a", reason="", time=1)


def register(*keys: RegisteredKey) -> Register:
    return Register(MappingProxyType({key.key: key for key in keys}))


@pytest.fixture
def passkey() -> SoftKey:
    return SoftKey("per_a", "key_a")


def test_an_ed25519_signature_holds_for_its_text_only() -> None:
    who = person(Power.DECIDE)
    signed = who.sign(TEXT)
    known = register(who.registered())
    assert signing.verify(signed, known) == who.registered()
    with pytest.raises(RefusedError, match="does not match the text"):
        signing.verify(msgspec.structs.replace(signed, statement=TEXT + b" "), known)


@given(st.integers(0, 511))
def test_no_bit_of_a_signature_can_be_flipped(bit: int) -> None:
    who = person(Power.DECIDE)
    signed = who.sign(TEXT)
    flipped = bytearray(signed.signature)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(RefusedError):
        signing.verify(msgspec.structs.replace(signed, signature=bytes(flipped)), register(who.registered()))


def test_a_passkey_assertion_holds(passkey: SoftKey) -> None:
    known = register(passkey.registered(Power.DECIDE))
    assert signing.verify(passkey.sign(TEXT), known).person == "per_a"


@pytest.mark.parametrize(
    "deviation",
    [
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"flags": 0},
        {"origin": "https://mail.example.evil"},
        {"origin": "http://mail.example"},
        {"relying_party": "evil.example"},
        {"challenge": b"another text's digest, 32 bytes.."},
        {"cross_origin": True},
        {"kind": "webauthn.create"},
    ],
    ids=str,
)
def test_a_passkey_without_user_verification_or_made_elsewhere_is_refused(
    passkey: SoftKey, deviation: dict[str, object]
) -> None:
    known = register(passkey.registered(Power.DECIDE))
    with pytest.raises(RefusedError, match="does not hold"):
        signing.verify(passkey.sign(TEXT, **deviation), known)  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["signature", "authenticator_data", "client_data"])
@given(junk=st.binary(max_size=200))
def test_junk_in_a_passkeys_answer_is_refused_and_nothing_else(part: str, junk: bytes) -> None:
    passkey = SoftKey("per_a", "key_a")
    signed = msgspec.structs.replace(passkey.sign(TEXT), **{part: junk})
    with pytest.raises(RefusedError):
        signing.verify(signed, register(passkey.registered()))


@given(junk=st.binary(max_size=100))
def test_a_registered_key_of_junk_verifies_nothing(junk: bytes) -> None:
    passkey = SoftKey("per_a", "key_a")
    for key in (passkey.registered(), person().registered()):
        broken = msgspec.structs.replace(key, person="per_a", key="key_a", public=junk)
        signed = msgspec.structs.replace(passkey.sign(TEXT), kind=broken.kind)
        with pytest.raises(RefusedError):
            signing.verify(signed, register(broken))


def test_a_key_of_another_kind_or_person_does_not_count(passkey: SoftKey) -> None:
    known = register(passkey.registered())
    for change in ({"kind": KeyKind.ED25519}, {"person": "per_b"}, {"key": "key_b"}):
        with pytest.raises(RefusedError):
            signing.verify(msgspec.structs.replace(passkey.sign(TEXT), **change), known)


def test_json_and_back(passkey: SoftKey) -> None:
    signed = passkey.sign(TEXT)
    assert signing.from_json(signing.to_json(signed)) == signed
    assert b"=" not in signing.to_json(signed)


@given(
    st.text(max_size=60) | st.just('{"statement":"!","person":"","key":"","kind":"ed25519","signature":""}')
)
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(WrongUseError):
        signing.from_json(text)
