"""The MIME tree of a message, in one form whichever parser made it."""

from collections.abc import Iterator
from dataclasses import dataclass

# Types whose body is a message of its own: RFC 2046 section 5.2, RFC 6532 section 3.7, RFC 5537.
EMBEDDED = frozenset({"message/rfc822", "message/global", "message/news", "message/partial"})
DEEPEST = 200  # levels; both parsers refuse more, and no person nests messages so deep


@dataclass(frozen=True, slots=True)
class Part:
    """One node of a message.

    `content` is the decoded bytes of a leaf, or the whole embedded message of a `message/rfc822`
    node (`embedded`), whose only child is that message's own root. A container has no content.
    """

    content_type: str
    charset: str = ""
    name: str = ""
    disposition: str = ""
    content: bytes = b""
    children: tuple["Part", ...] = ()
    embedded: bool = False

    @property
    def is_container(self) -> bool:
        """Whether the node only holds others."""
        return self.content_type.startswith("multipart/") and bool(self.children)

    @property
    def is_text(self) -> bool:
        """Whether a mail program would show this part as the message itself."""
        shown = self.content_type in ("text/plain", "text/html", "text/enriched")
        return shown and self.disposition != "attachment"


def leaves(part: Part) -> int:
    """How many parts a tree holds that are no containers, embedded messages included."""
    own = 0 if part.is_container else 1
    return own + sum(leaves(child) for child in part.children)


def numbered(root: Part) -> Iterator[tuple[str, Part]]:
    """Every part that is no container, with its path as IMAP numbers it, depth first."""
    yield from _numbered(root, "" if root.is_container else "1")


def _numbered(part: Part, path: str) -> Iterator[tuple[str, Part]]:
    if part.is_container:
        for position, child in enumerate(part.children, 1):
            yield from _numbered(child, f"{path}.{position}" if path else str(position))
        return
    yield path, part
    for child in part.children:
        yield from _numbered(child, path if child.is_container else f"{path}.1")
