"""The capture door's one answer that is not a receipt: the key of a call that its recorder has lost."""

from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import ID_BYTES, RecordId
from muniment.vault import messages as ask
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.messages import Adopted


def adopt_call(room: Strongroom, request: ask.AdoptCall) -> Adopted:
    """Open the head of a live call, and say whether its record is held. It can open nothing that is sealed.

    RefusedError if the record has been erased: then nothing of it may come back.
    """
    head = request.head
    if head.organisation != room.organisation or len(head.record) != ID_BYTES:
        raise WrongUseError("The call belongs to another organisation, or has no identifier.")
    record = RecordId(head.record)
    if record in room.books.erased:
        raise RefusedError("The call has been erased.", remedy="Remove what is left of it in the folder calls.")
    key = room.live_key(head)
    try:
        room.store.find(record)
    except WrongUseError:
        return Adopted(key, held=False)
    return Adopted(key, held=True)
