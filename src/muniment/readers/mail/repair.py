"""The patient reader: the standard library's parser, which takes almost anything."""

import binascii
import re
from email.errors import MessageDefect
from email.generator import BytesGenerator
from email.message import Message
from email.parser import BytesParser
from io import BytesIO

from muniment.readers.mail import headers
from muniment.readers.mail.tree import DEEPEST, EMBEDDED, Part

NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class RepairError(Exception):
    """Even the patient reader gave nothing."""


def read(message: bytes) -> tuple[Part, tuple[str, ...]]:
    """The tree of a message and the defects found on the way; RepairError where there is none."""
    try:
        root = BytesParser().parsebytes(message)
        defects: list[MessageDefect] = []
        part = _part(root, defects, 0)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise RepairError(type(error).__name__) from error
    return part, tuple(dict.fromkeys(_words(defect) for defect in defects))


def _words(defect: MessageDefect) -> str:
    return CAMEL.sub(" ", type(defect).__name__.removesuffix("Defect")).lower()


def _part(node: Message, defects: list[MessageDefect], depth: int) -> Part:
    if depth > DEEPEST:
        raise RepairError("nested too deep")
    fields = {key.lower(): _field(value) for key, value in reversed(list(node.raw_items()))}
    children = [child for child in _payload(node) if isinstance(child, Message)]
    content_type = node.get_content_type()
    embedded = content_type in EMBEDDED and bool(children)
    keep = embedded or content_type.startswith("multipart/")
    content = b"" if keep and not embedded and children else _content(node, flattened=bool(children))
    typed = headers.parameters(fields.get("content-type", ""))
    disposed = fields.get("content-disposition", "")
    part = Part(
        content_type=content_type,
        charset=typed.get("charset", ""),
        name=headers.parameters(disposed).get("filename") or typed.get("name", ""),
        disposition=disposed.partition(";")[0].strip().lower(),
        content=content,
        children=tuple(_part(child, defects, depth + 1) for child in children) if keep else (),
        embedded=embedded,
    )
    defects.extend(node.defects)  # after decoding, which adds its own
    return part


def _field(value: object) -> str:
    return headers.words(str(value).encode("utf-8", "surrogateescape").replace(b"\n", b""))


def _payload(node: Message) -> list[object]:
    payload = node.get_payload()
    return list(payload) if isinstance(payload, list) else []


def _content(node: Message, *, flattened: bool) -> bytes:
    if not flattened:
        payload, encoded = node.get_payload(decode=True), str(node.get_payload())
        named = _field(node.get("content-transfer-encoding", "")).strip().lower()
        if named == "base64" and payload == "".join(encoded.splitlines()).encode("ascii", "surrogateescape"):
            return _base64(encoded)  # the library gave up and returned what it got
        return payload if isinstance(payload, bytes) else b""
    # The parser took the body apart (a delivery status, an embedded message): write it back.
    out = BytesIO()
    writer = BytesGenerator(out, mangle_from_=False, maxheaderlen=0)
    children = [child for child in _payload(node) if isinstance(child, Message)]
    for position, child in enumerate(children):
        if position:
            out.write(b"\n")
        writer.flatten(child)
    return out.getvalue()


def _base64(text: str) -> bytes:
    # Cut short, or with other characters in it: what can be decoded is decoded, as mail programs do.
    pieces = NOT_BASE64.sub("", text).rstrip("=").split("=")
    decoded = b""
    for piece in filter(None, pieces):
        whole = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        decoded += binascii.a2b_base64(whole + "=" * (-len(whole) % 4))
    return decoded
