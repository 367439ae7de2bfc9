"""Where a request stands in words: what happens next, who does it, and by when."""

from datetime import datetime, timedelta

import msgspec

from muniment.governance import granting, words
from muniment.governance.models import Grant
from muniment.governance.submission import LOCATE_DAYS
from muniment.governance.views import GrantState, RequestState, RequestView


class Progress(msgspec.Struct, frozen=True):
    """One request as a list shows it. `by` is None where the rules set no date; `over` if nothing follows."""

    state: str
    next: str
    by: datetime | None
    by_means: str
    over: bool = False


def progress(view: RequestView) -> Progress:
    """What happens next with a request, by its state and, once granted, by its grant."""
    match view.state:
        case RequestState.LOCATING:
            return Progress(
                "Being looked for",
                f"{view.locator.name} looks for the records.",
                view.submitted + timedelta(days=LOCATE_DAYS),
                "the right to look for them ends",
            )
        case RequestState.DECIDING:
            return Progress("Being decided", _deciding(view), None, "")
        case RequestState.REFUSED:
            refusal = next(one for one in reversed(view.decisions) if one.verdict == "refuse")
            return Progress(
                "Refused", f"{refusal.person.name} refused it. The reason is below.", None, "", over=True
            )
        case RequestState.GRANTED:
            return _granted(view)


def _deciding(view: RequestView) -> str:
    names = [person.name for person in view.waits_for]
    if not names:
        return "Nobody may decide it any more: speak with the Data Controller."
    approved = [one for one in view.decisions if one.verdict != "refuse"]
    already = f"{approved[-1].person.name} said yes; another yes is needed. " if approved else ""
    return f"{already}{words.listing(names).replace(' and ', ' or ')} may decide it."


def _granted(view: RequestView) -> Progress:
    row = Grant.objects.select_related("revocation").get(pk=view.grant)
    match granting.state(row):
        case GrantState.REVOKED:
            return Progress("Taken back", "The grant was taken back. Nothing opens.", None, "", over=True)
        case GrantState.EXPIRED:
            return Progress("Ended", "The grant has ended. Nothing opens.", None, "", over=True)
        case _:
            done = f"{view.requester.name} may {words.acts(tuple(row.actions))} {words.things(row.count, view.lines)}."
            return Progress("Granted", done, row.not_after, "the grant ends")
