"""What one recording client has defined in all its dialogs (RFC 7866 section 9.2).

An element that one dialog refers to may have been defined in another of the same client; never in one of
another client's, so each source has a directory of its own.
"""

from collections.abc import Iterable, Mapping

from muniment.capture.calls.sip.metadata_state import Kinds


class Directory:
    """Elements by identifier, for as long as a dialog that named them lives."""

    def __init__(self) -> None:
        self._elements: dict[str, tuple[Kinds, set[str]]] = {}
        self._named: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return len(self._elements)

    def find(self, identifier: str) -> Kinds | None:
        """The element, None where nobody defined it."""
        found = self._elements.get(identifier)
        return found[0] if found else None

    def remember(self, dialog: str, elements: Mapping[str, Kinds]) -> None:
        """Take in everything that a dialog names now."""
        for identifier, element in elements.items():
            _, dialogs = self._elements.get(identifier, (element, set[str]()))
            dialogs.add(dialog)
            self._elements[identifier] = (element, dialogs)
        self._named.setdefault(dialog, set()).update(elements)

    def forget(self, dialog: str) -> None:
        """A dialog is over."""
        for identifier in _taken(self._named.pop(dialog, set())):
            element, dialogs = self._elements[identifier]
            dialogs.discard(dialog)
            self._elements[identifier] = (element, dialogs)
            if not dialogs:
                del self._elements[identifier]


def _taken(identifiers: Iterable[str]) -> tuple[str, ...]:
    return tuple(identifiers)
