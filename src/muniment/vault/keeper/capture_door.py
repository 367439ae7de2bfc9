"""The capture door for calls: the key of a lost one, that one was declined, how files of switches are read."""

from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import ID_BYTES, RecordId
from muniment.core.row_mapping import SavedMapping
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault.keeper.entries import Clear, DeclinedBody, Entry, write_body
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.messages import Adopted, Receipt

LONGEST_REASON = 100  # letters


def adopt_call(room: Strongroom, request: ask.AdoptCall) -> Adopted:
    """Open the head of a live call, and say whether its record is held. It can open nothing that is sealed.

    RefusedError if the record has been erased: then nothing of it may come back.
    """
    head = request.head
    if head.organisation != room.organisation or len(head.record) != ID_BYTES:
        raise WrongUseError("The call belongs to another organisation, or has no identifier.")
    record = RecordId(head.record)
    if record in room.books.erased:
        raise RefusedError(
            "The call has been erased.", remedy="Remove what is left of it in the folder calls."
        )
    key = room.live_key(head)
    try:
        room.store.find(record)
    except WrongUseError:
        return Adopted(key, held=False)
    return Adopted(key, held=True)


def decline_call(room: Strongroom, request: ask.DeclineCall) -> Receipt:
    """Write that a call was declined, and nothing else of it."""
    if not 0 < len(request.reason) <= LONGEST_REASON:
        raise WrongUseError("A reason is a word or a few.")
    body = write_body(DeclinedBody(request.reason))
    return room.act(lambda now: (Entry(Clear(tag=EventTag.CALL_DECLINED, time=now), body),))


def mappings(room: Strongroom, _request: ask.AskMappings) -> tuple[SavedMapping, ...]:
    """How files of hosted switches are read, by name, and how they were until a mapping was retired."""
    return tuple(saved for _, saved in sorted(room.books.mappings.items()))
