"""Sign-ins as ledger entries. The pages say, once, which ledger they write to."""

from collections.abc import Callable

from django.http import HttpRequest

from muniment.core.tags import EventTag
from muniment.people import ledger as ledgers
from muniment.people.ledger import Ledger
from muniment.people.models import Account

LATEST_METHODS = 4

_ledger: list[Callable[[], Ledger]] = []


def write_to(ledger: Callable[[], Ledger]) -> None:
    """Name the ledger that sign-ins are written to; called once, when the pages start."""
    _ledger[:] = [ledger]


def signed_in(request: HttpRequest, account: Account, how: str = "") -> None:
    """Write that somebody signed in, how, and from where."""
    records = request.session.get("account_authentication_methods") or []
    methods = ", ".join(str(one.get("type") or one.get("method")) for one in records[-LATEST_METHODS:])
    _write(EventTag.SIGN_IN_MADE, request, account, how or methods or "unknown")


def failed(request: HttpRequest, account: Account) -> None:
    """Write that somebody tried to sign in to an account and could not."""
    _write(EventTag.SIGN_IN_FAILED, request, account, "password")


def _write(tag: EventTag, request: HttpRequest, account: Account, how: str) -> None:
    ledgers.write(
        _ledger[0](),
        account.person.organisation_id,
        tag,
        {
            "person": account.person_id,
            "how": how,
            "address": str(request.META.get("REMOTE_ADDR") or ""),
        },
    )
