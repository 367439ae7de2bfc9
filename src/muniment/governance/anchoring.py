"""A head of the ledger in the Data Controllers' mail: a copy that nobody who runs the server can take back."""

from dataclasses import dataclass

from muniment.governance import notices
from muniment.governance.models import Notice
from muniment.people import services as people
from muniment.people.roles import Role

PATH = "/?head="
SUBJECT = "Keep this mail: checkpoint of {size} entries"
BODY = """\
This is the signed head of your organisation's ledger. Do not answer, and do not delete it: if the server is
ever set back to an earlier state, this mail shows it.

To compare, save the lines between the rulers to a file and run

    muniment verify --checkpoint FILE

{ruler}{note}{ruler}"""
RULER = f"{'-' * 40}\n"


@dataclass(frozen=True)
class Mailed:
    """A head that somebody's mail server has taken, and when (seconds)."""

    size: int
    time: int
    note: str


def mail_head(organisation: str, note: str, size: int) -> int:
    """Put a mail with the head in the outbox for each Data Controller; how many there are."""
    controllers = people.holders(organisation, Role.DATA_CONTROLLER)
    for controller in controllers:
        notices.tell(
            controller.id, SUBJECT.format(size=size), BODY.format(note=note, ruler=RULER), f"{PATH}{size}"
        )
    return len(controllers)


def last_mailed(organisation: str) -> Mailed | None:
    """The newest head that has been sent; None if none has."""
    sent = Notice.objects.filter(organisation_id=organisation, path__startswith=PATH, sent__isnull=False)
    newest = sent.order_by("-sent", "-pk").first()
    if newest is None or newest.sent is None:
        return None
    note = newest.body.split(RULER)[1]
    return Mailed(int(newest.path.removeprefix(PATH)), int(newest.sent.timestamp()), note)


def last_asked(organisation: str) -> int:
    """When a head was last put in the outbox, in seconds; 0 if never."""
    rows = Notice.objects.filter(organisation_id=organisation, path__startswith=PATH)
    newest = rows.order_by("-created", "-pk").first()
    return int(newest.created.timestamp()) if newest else 0
