"""What may leave of an opened mail: its HTML made safe for a sandbox, its attachments, its original."""

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import denials
from muniment.governance.desk import Desk
from muniment.people.views import PersonView
from muniment.readers.mail import attachment_bytes, html_body, read_mail, safe_html
from muniment.release import calls, opening
from muniment.release.models import Reading
from muniment.release.views import Download
from muniment.release.withheld import require_nothing_withheld

LONGEST_NAME = 120  # characters of a file name


def html(desk: Desk, actor: PersonView, token: str) -> str:
    """The mail's HTML without scripts, forms and remote content; empty if it has none.

    It must still be shown from its own address, in a sandboxed frame.
    """
    reading = opening.reading_of(actor, token)
    body = html_body(opening.whole(desk, reading))
    return safe_html(body) if body else ""


def attachment(desk: Desk, actor: PersonView, token: str, part: str) -> Download:
    """One attachment, under a grant to take copies; RefusedError under a grant to read."""
    reading = for_export(desk, actor, token)
    original = opening.whole(desk, reading)
    mail = read_mail(original, bytes(reading.statement))
    named = next((one for one in mail.attachments if one.part == part), None)
    content = attachment_bytes(original, part) if named else None
    if named is None or content is None:
        raise WrongUseError("The mail has no such attachment.")
    # Never the sender's own type: a browser must save it, not run it.
    return Download(safe_name(named.name, part), "application/octet-stream", iter((content,)))


def original(desk: Desk, actor: PersonView, token: str) -> Download:
    """The record exactly as captured, under a grant to take copies."""
    reading = for_export(desk, actor, token)
    return Download(
        f"{reading.record}.{calls.suffix(bytes(reading.statement))}",
        "application/octet-stream",
        opening.chunks(desk, reading),
    )


def safe_name(name: str, part: str) -> str:
    """A sender's file name made harmless: no path, no control characters, no leading dot."""
    tail = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in tail if letter.isprintable() and letter not in '<>:"|?*').strip(". ")
    return kept[-LONGEST_NAME:] or f"attachment-{part.replace('.', '-')}"


def for_export(desk: Desk, actor: PersonView, token: str) -> Reading:
    """What is open under a grant to take copies; RefusedError, written and listed, under any other."""
    reading = opening.reading_of(actor, token)
    with denials.written(desk, actor, "export", reading.grant_id, reading.record):
        if reading.action != "export":
            raise RefusedError(
                "Your grant lets you read, not take copies.",
                remedy="Ask for copies in a new request; two persons decide about it.",
            )
        require_nothing_withheld(actor.organisation, reading.record)
    return reading
