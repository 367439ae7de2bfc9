"""The one way in which a page gets a statement signed: by passkey, by command line, by demo key.

The server offers a statement; the offer travels in the form, sealed by Django's signer for one person
and one use. What comes back must be signed over exactly the offered text. Whether the signature holds
is for the keeper to say: nothing here is believed in its place.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core import signing

from muniment.core.errors import RefusedError, WrongUseError
from muniment.vault.authority.register import KeyKind, RegisteredKey
from muniment.vault.authority.signing import SignedStatement, from_json
from muniment.web import demo_keys
from muniment.web.desk import keys_of, says_demo
from muniment.web.requests import PersonRequest

SALT: Final = "muniment.web.signing"
LONGEST_OFFER: Final = 25 * 60  # seconds; the keeper takes an opening for 30 minutes


@dataclass(frozen=True)
class Signing:
    """What the template `signing/form.html` needs to ask for one signature."""

    action: str
    """What the button does, as a verb: “Approve this request”."""
    words: tuple[tuple[str, str], ...]
    """The statement in plain words: what, who, until when."""
    statement: str
    offer: str
    person: str
    keys: tuple[RegisteredKey, ...]
    relying_party: str
    demo_key: bool

    @property
    def passkeys(self) -> list[dict[str, str]]:
        """The passkeys that may answer, as the script needs them."""
        return [
            {"key": key.key, "credential": _encode(key.credential)}
            for key in self.keys
            if key.kind is KeyKind.PASSKEY
        ]


def offer(
    request: PersonRequest,
    statement: bytes,
    *,
    use: str,
    action: str,
    words: Sequence[tuple[str, str]],
) -> Signing:
    """Offer a statement for signing. `use` says what for (`decide:req_…`): it cannot serve another use."""
    person = request.person
    keys = keys_of(person.organisation, person.id)
    return Signing(
        action=action,
        words=tuple(words),
        statement=statement.decode(),
        offer=signing.dumps({"text": statement.decode(), "for": person.id, "use": use}, salt=SALT),
        person=person.id,
        keys=keys,
        relying_party=request.get_host().partition(":")[0],
        demo_key=bool(demo_keys.key_of(person.id)) and says_demo(person.organisation),
    )


def offered(request: PersonRequest, *, use: str) -> bytes:
    """The statement that this form offered to this person for this use; RefusedError otherwise."""
    try:
        value = signing.loads(request.POST.get("offer", ""), salt=SALT, max_age=LONGEST_OFFER)
    except signing.SignatureExpired as error:
        raise RefusedError(
            "The page was open too long.",
            why="A text to be signed carries its time, and must be signed within 25 minutes.",
            remedy="Go back, load the page again, and sign.",
        ) from error
    except signing.BadSignature as error:
        raise RefusedError("This form was not made by Muniment.", remedy="Load the page again.") from error
    if value["for"] != request.person.id or value["use"] != use:
        raise RefusedError("This form was made for another person or page.", remedy="Load the page again.")
    return str(value["text"]).encode()


def received(request: PersonRequest, *, use: str) -> SignedStatement:
    """The signature that the form brought, over exactly the text that was offered.

    RefusedError if the text or the person is another; WrongUseError if it is no signature at all.
    """
    statement = offered(request, use=use)
    if request.POST.get("how") == "demo":
        return _sign_for_demo(request, statement)
    pasted = request.POST.get("how") == "pasted"
    text = request.POST.get("pasted" if pasted else "signed", "").strip()
    if not text:
        raise WrongUseError(
            "Nothing was signed.",
            remedy="Sign with your passkey, or paste what muniment sign printed.",
        )
    signed = from_json(text)
    if signed.statement != statement or signed.person != request.person.id:
        raise RefusedError(
            "What was signed is not the text of this page.",
            why="Another text was signed, or another person signed it.",
            remedy="Load the page again and sign the text that it shows.",
        )
    return signed


def _sign_for_demo(request: PersonRequest, statement: bytes) -> SignedStatement:
    person = request.person
    if not says_demo(person.organisation):
        raise RefusedError("Demo keys sign only where the ledger's first entry says demo.")
    return demo_keys.sign(person.id, statement)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
