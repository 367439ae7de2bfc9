"""An opened call as a vCon (draft-ietf-vcon-vcon-container), for programs of others."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Final

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.governance.desk import Desk
from muniment.people.views import PersonView
from muniment.readers.calls import CallUnreadableError, vcon_writing
from muniment.readers.calls.known import read_statement
from muniment.release import calls, files, opening
from muniment.release.models import Reading
from muniment.release.views import Download
from muniment.search.reading import Readers

LONGEST_DECODING: Final = 120.0  # seconds: an hour of Opus takes about 35
_TYPE: Final = "application/octet-stream"


def exported(desk: Desk, actor: PersonView, token: str) -> Download:
    """An opened call as a vCon with its sound inside, under a grant to take copies.

    RefusedError under a grant to read; WrongUseError where the record is no call; NotAvailableError where
    it is too large, or no decoder is at hand.
    """
    reading = files.for_export(desk, actor, token)
    statement = bytes(reading.statement)
    call = calls.opened(statement, reading.record, actor.organisation, lambda: opening.whole(desk, reading))
    said = read_statement(statement)
    if call is None or said is None:
        raise WrongUseError("This record is no call.", remedy="Take the original instead.")
    if said.form == "vcon":  # it is one already: as it came
        return Download(f"{reading.record}.vcon.json", _TYPE, opening.chunks(desk, reading))
    sound = _sound(desk, reading, statement) if said.form == "siprec" else opening.whole(desk, reading)
    kind = "wav" if said.form == "siprec" else calls.suffix(statement)
    written = vcon_writing.write(
        call,
        record=reading.record,
        name=f"{reading.record}.{kind}",
        sound=base64.urlsafe_b64encode(sound).rstrip(b"=").decode(),
        digest=base64.urlsafe_b64encode(hashlib.sha512(sound).digest()).rstrip(b"=").decode(),
    )
    return Download(f"{reading.record}.vcon.json", _TYPE, _pieces(written))


def _sound(desk: Desk, reading: Reading, statement: bytes) -> bytes:
    """Both sides as a WAV file. Packets that strangers sent are decoded in the confined child, not here."""
    if reading.length > opening.LARGEST_READ_WHOLE:
        raise NotAvailableError("This call is too long to leave in one piece.", remedy="Take the original.")
    readers = Readers(LONGEST_DECODING)
    try:
        return readers.hear(opening.whole(desk, reading), statement)
    except CallUnreadableError as error:
        raise NotAvailableError(
            "The sound of this call cannot be decoded.", why=str(error), remedy="Take the original."
        ) from error
    finally:
        readers.close()


def _pieces(written: bytes) -> Iterator[bytes]:
    for at in range(0, len(written), calls.MOST_READ):
        yield written[at : at + calls.MOST_READ]
