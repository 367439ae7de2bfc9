"""Writing what came back into `anchors/`: aside, synced, renamed, and never changed after that."""

from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.vault.anchors import names
from muniment.vault.anchors.names import Anchor, Ending
from muniment.vault.checkpoint import Checkpoint
from muniment.vault.disk import Disk
from muniment.vault.layout import Layout

LARGEST = 64 * 1024  # bytes of one anchor
MOST_FILES = 100_000  # an anchor each hour for five years, from two sources


def keep(
    layout: Layout, disk: Disk, head: Checkpoint, note: str, data: bytes, source: str, ending: str, now: int
) -> str:
    """Keep an anchor of `head`, whose signed note is `note`; durable on return. The file's name.

    The caller has checked that the ledger has this head. WrongUseError for a source or ending that no
    name can hold; RefusedError if it is too large or there are too many.
    """
    if ending not in set(Ending) or len(data) > LARGEST:
        raise RefusedError(f"That is no anchor, or one of more than {LARGEST} bytes.")
    anchor = Anchor(head.size, now, source, names.digest(data), Ending(ending))
    if names.parse(anchor.name) != anchor:
        raise WrongUseError(f"{source!r} cannot be the name of a source of anchors.")
    try:
        if len(list(layout.anchors.iterdir())) > MOST_FILES:
            raise RefusedError("There are too many anchors.", remedy="Move the oldest to an archive.")
        for name, content in ((names.head_name(head.size), note.encode()), (anchor.name, data)):
            disk.replace(layout.anchors / name, content, layout.anchor_aside)
        disk.sync_folder(layout.anchors)
    except OSError as error:
        raise NotAvailableError("The anchor cannot be kept.", why=f"{error.strerror}.") from error
    return anchor.name
