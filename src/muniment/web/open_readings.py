"""What a person has open now, remembered in their session, so that going back opens nothing twice."""

from dataclasses import dataclass

from muniment.core import clock
from muniment.release.views import MailPage
from muniment.web.requests import PersonRequest

KEY = "readings"


@dataclass(frozen=True)
class OpenReading:
    """One opened record: the token of its page, and until when (seconds since 1970)."""

    token: str
    until: int


def remember(request: PersonRequest, page: MailPage) -> None:
    """Keep an opening until its half hour is over."""
    kept = _standing(request)
    kept[_name(page.grant.id, page.record, page.action)] = [page.token, int(page.until.timestamp())]
    request.session[KEY] = kept


def recall(request: PersonRequest, grant: str, record: str, action: str) -> OpenReading | None:
    """The opening of this record under this grant, if it still lasts."""
    found = _standing(request).get(_name(grant, record, action))
    return OpenReading(str(found[0]), int(found[1])) if found else None


def forget(request: PersonRequest, grant: str, record: str, action: str) -> None:
    """An opening that lasts no longer: the next one is signed for again."""
    kept = _standing(request)
    kept.pop(_name(grant, record, action), None)
    request.session[KEY] = kept


def _standing(request: PersonRequest) -> dict[str, list[str | int]]:
    now = clock.seconds()
    kept: dict[str, list[str | int]] = request.session.get(KEY, {})
    return {name: value for name, value in kept.items() if int(value[1]) > now}


def _name(grant: str, record: str, action: str) -> str:
    return f"{grant} {record} {action}"
