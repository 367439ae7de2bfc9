"""The port by which this room writes what it does into the ledger; the vault's desk door fills it."""

from collections.abc import Mapping
from typing import Protocol

from muniment.core.tags import EventTag
from muniment.vault.messages import Act, Receipt


class Ledger(Protocol):
    """Whatever writes an act durably and says where it stands: `muniment.vault.client.DeskDoor`."""

    def append(self, organisation: str, act: Act) -> Receipt:
        """Write one act; return its receipt."""


def write(ledger: Ledger, organisation: str, tag: EventTag, body: Mapping[str, object]) -> int:
    """Write one act of this room and return its sequence in the organisation's ledger.

    The people and the reasons go into the sealed body; only the tag and the time stand in clear.
    """
    return ledger.append(organisation, Act(tag=tag, body=dict(body))).first
