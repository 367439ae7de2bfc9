"""The Data Controller's signed word that she looks for the records of a request, for its half hour."""

from typing import Final

from muniment.core import clock
from muniment.vault.authority.signing import SignedStatement, from_json, to_json
from muniment.web.requests import PersonRequest

LASTS: Final = 29 * 60  # seconds; the keeper takes it for thirty minutes


def keep(request: PersonRequest, request_id: str, signed: SignedStatement) -> None:
    """Remember it in the session. It holds no content, and searches for this one request only."""
    request.session[_key(request_id)] = {"signed": to_json(signed).decode(), "until": clock.seconds() + LASTS}


def kept(request: PersonRequest, request_id: str) -> SignedStatement | None:
    """What was signed, while it lasts; None when it must be signed anew."""
    found = request.session.get(_key(request_id))
    if found is None or found["until"] <= clock.seconds():
        return None
    return from_json(found["signed"])


def until(request: PersonRequest, request_id: str) -> int:
    """When it ends, in seconds since 1970; 0 where nothing is kept."""
    return int(request.session.get(_key(request_id), {}).get("until", 0))


def forget(request: PersonRequest, request_id: str) -> None:
    """Drop it: the records are chosen, or the keeper did not take it."""
    request.session.pop(_key(request_id), None)


def _key(request_id: str) -> str:
    return f"locating:{request_id}"
