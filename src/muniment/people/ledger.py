"""The port by which this room writes what it does into the ledger; the vault's desk door fills it."""

from collections.abc import Mapping
from typing import Any, Protocol

from muniment.core.canonical import Json
from muniment.core.tags import EventTag


class Ledger(Protocol):
    """Whatever writes an act durably and says where it stands: `muniment.vault.client.DeskDoor`."""

    def append(self, organisation: str, act: Any) -> Any:  # noqa: ANN401  narrowed when the door is merged
        """Write one act; return its receipt."""


def write(ledger: Ledger, organisation: str, tag: EventTag, body: Mapping[str, Json]) -> int:
    """Write one act of this room and return its sequence in the organisation's ledger.

    The people and the reasons go into the sealed body; only the tag and the time stand in clear.
    """
    from muniment.vault.client import Act  # noqa: PLC0415  until the door is merged

    return int(ledger.append(organisation, Act(tag=tag, body=dict(body))).first)
