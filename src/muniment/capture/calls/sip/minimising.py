"""What is written of metadata: only what policy names (RFC 7865 section 10, data minimisation).

The standard's own elements are kept; an extension only where the source's policy names it; display names
only where it wants them. The result is XML of our own writing, never the bytes that came.
"""

from collections.abc import Iterable
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from muniment.capture.calls.sip.metadata import is_own
from muniment.capture.calls.sip.xml_tree import Element

NAMESPACE = "urn:ietf:params:xml:ns:recording:1"

KEPT = frozenset(
    {
        "recording",
        "recording_metadata",
        "datamode",
        "dataMode",
        "group",
        "session",
        "participant",
        "stream",
        "sessionrecordingassoc",
        "participantsessionassoc",
        "participantstreamassoc",
        "sipSessionID",
        "reason",
        "group-ref",
        "start-time",
        "stop-time",
        "nameID",
        "aor",
        "name",
        "label",
        "mode",
        "send",
        "recv",
        "id",
        "associate-time",
        "disassociate-time",
    }
)
KEPT_ATTRIBUTES = frozenset(
    {
        "group_id",
        "session_id",
        "participant_id",
        "stream_id",
        "id",
        "session",
        "aor",
        "cause",
        "protocol",
        "lang",
    }
)


class Policy(NamedTuple):
    """Local names of the standard's elements, and of extensions, that are kept."""

    standard: frozenset[str]
    extensions: frozenset[str]

    def wants(self, element: Element) -> bool:
        """An element of the standard, a named extension, or what one of these stands in."""
        if element.name in self.extensions or (element.name in self.standard and is_own(element)):
            return True
        return any(self.wants(child) for child in element.children)


def kept_metadata(root: Element, extensions: Iterable[str], *, names: bool) -> str:
    """The text that may be kept of a document; `extensions` are local names that policy wants kept."""
    policy = Policy(KEPT if names else KEPT - {"name"}, frozenset(extensions))
    return _written(root, policy, top=True)


def _written(element: Element, policy: Policy, *, top: bool = False) -> str:
    attributes = "".join(
        f" {'xml:lang' if name == 'lang' else name}={quoteattr(value)}"
        for name, value in element.attributes.items()
        if name in KEPT_ATTRIBUTES
    )
    if top:
        attributes = f' xmlns="{NAMESPACE}"{attributes}'
    inner = "".join(_written(child, policy) for child in element.children if policy.wants(child))
    if not element.children:
        inner = escape(" ".join(element.text.split()))
    return f"<{element.name}{attributes}>{inner}</{element.name}>"
