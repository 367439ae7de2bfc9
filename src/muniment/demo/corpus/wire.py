"""RFC 5322 and MIME as bytes, with the choices left to the caller: charset, encoding, boundary, folding."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

CRLF = b"\r\n"
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")

type Header = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """One MIME entity: its headers in order, and its body already encoded."""

    headers: tuple[Header, ...]
    body: bytes

    def __bytes__(self) -> bytes:
        """Headers, an empty line, the body."""
        return headers(self.headers) + CRLF + self.body


def headers(pairs: Sequence[Header]) -> bytes:
    """Header lines, folded before column 78 where there is a space to fold at (RFC 5322 2.2.3)."""
    return b"".join(_fold(f"{name}: {value}") for name, value in pairs)


def _fold(line: str) -> bytes:
    lines = []
    while len(line) > 77 and "\r\n" not in line:
        at = line.rfind(" ", 20, 77)
        at = at if at > 0 else line.find(" ", 77)
        if at < 0:
            break
        lines.append(line[:at])
        line = line[at:]
    lines.append(line)
    return CRLF.join(part.encode("utf-8") for part in lines) + CRLF


def words(text: str, charset: str = "utf-8", form: str = "Q") -> str:
    """Unstructured header text: as it is if ASCII, else RFC 2047 encoded words of at most 75 characters."""
    if text.isascii():
        return text
    pieces, piece = [], ""
    for character in text:
        if len(_word(piece + character, charset, form)) > 75:
            pieces.append(piece)
            piece = ""
        piece += character
    pieces.append(piece)
    return " ".join(_word(piece, charset, form) for piece in pieces)


def _word(text: str, charset: str, form: str) -> str:
    data = text.encode(charset, "replace")
    if form == "B":
        return f"=?{charset}?B?{base64.b64encode(data).decode()}?="
    quoted = "".join(
        chr(byte) if chr(byte).isascii() and chr(byte).isalnum() else "_" if byte == 32 else f"={byte:02X}"
        for byte in data
    )
    return f"=?{charset}?Q?{quoted}?="


def mailbox(name: str, address: str, charset: str = "utf-8", *, always_quote: bool = False) -> str:
    """`Name <address>`, the name quoted or encoded where RFC 5322 asks for it."""
    if not name:
        return address
    if not name.isascii():
        return f"{words(name, charset)} <{address}>"
    if always_quote or not _PHRASE.fullmatch(name):
        return f'"{name}" <{address}>'
    return f"{name} <{address}>"


def text_part(text: str, kind: str, charset: str, encoding: str, extra: str = "") -> Part:
    """A text entity; what `charset` cannot say becomes a question mark, as it does in real mail."""
    data = text.replace("\n", "\r\n").encode(charset, "replace")
    body = {"quoted-printable": quoted_printable, "base64": base64_lines}.get(encoding, _plain)(data)
    return Part(
        (
            ("Content-Type", f"text/{kind}; charset={charset}{extra}"),
            ("Content-Transfer-Encoding", encoding),
        ),
        body,
    )


def file_part(name: str, kind: str, data: bytes, *, content_id: str = "", old_names: bool = False) -> Part:
    """An attachment. `old_names` writes a non-ASCII name as an encoded word, as Outlook does, not as RFC 2231."""
    if name.isascii():
        named, filename = f'name="{name}"', f'filename="{name}"'
    elif old_names:
        encoded = words(name, form="B")
        named, filename = f'name="{encoded}"', f'filename="{encoded}"'
    else:
        percent = "".join(
            chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}" for byte in name.encode()
        )
        named, filename = f"name*=UTF-8''{percent}", f"filename*=UTF-8''{percent}"
    disposition = "inline" if content_id else "attachment"
    pairs = [
        ("Content-Type", f"{kind}; {named}"),
        ("Content-Disposition", f"{disposition}; {filename}; size={len(data)}"),
        ("Content-Transfer-Encoding", "base64"),
    ]
    if content_id:
        pairs.append(("Content-ID", f"<{content_id}>"))
    return Part(tuple(pairs), base64_lines(data))


def multipart(kind: str, boundary: str, parts: Sequence[Part], extra: str = "", preamble: str = "") -> Part:
    """A multipart entity (RFC 2046 5.1)."""
    mark = b"--" + boundary.encode()
    body = preamble.encode() + b"".join(mark + CRLF + bytes(part) + CRLF for part in parts)
    return Part(
        (("Content-Type", f'multipart/{kind}; boundary="{boundary}"{extra}'),), body + mark + b"--" + CRLF
    )


def quoted_printable(data: bytes) -> bytes:
    """RFC 2045 section 6.7, line by line."""
    encoded = binascii.b2a_qp(data.replace(b"\r\n", b"\n"), istext=True)
    return encoded.replace(b"\n", b"\r\n")


def base64_lines(data: bytes) -> bytes:
    """Base64 in lines of 76."""
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _plain(data: bytes) -> bytes:
    return data
