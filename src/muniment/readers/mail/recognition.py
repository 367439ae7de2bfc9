"""Is this a mail at all? A look at the first bytes, cheap enough for every message of an import."""

import re

KNOWN_FIELD = re.compile(
    rb"^(?:from|to|cc|bcc|subject|date|message-id|received|return-path|mime-version|sender"
    rb"|reply-to|content-type|content-transfer-encoding|in-reply-to|references|delivered-to"
    rb"|x-[a-z0-9-]+|resent-[a-z-]+|list-[a-z-]+|dkim-signature|status|errors-to)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
FORMATS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Outlook format (.msg) is not read yet"),
    (b"!BDN", "Outlook format (.pst, .ost) is not read yet"),
    (b"\x78\x9f\x3e\x22", "Outlook format (TNEF, winmail.dat) is not read yet"),
    (b"PK\x03\x04", "an archive (ZIP) is not opened yet"),
    (b"\x1f\x8b", "a compressed file (gzip) is not opened yet"),
    (b"%PDF-", "a PDF document, not a mail"),
    (b"BEGIN:VCARD", "an address card, not a mail"),
    (b"BEGIN:VCALENDAR", "a calendar file, not a mail"),
)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LOOKED_AT = 65_536  # bytes; no header section that a server wrote begins later than this


def reason_unreadable(original: bytes) -> str:
    """Why these bytes cannot be read as a mail; empty where they can."""
    if not original.strip():
        return "empty: there is nothing in it"
    start = original.removeprefix(BYTE_ORDER_MARK)
    for magic, reason in FORMATS:
        if start.startswith(magic):
            return reason
    head = start[:LOOKED_AT].replace(b"\r", b"\n")
    if b"\x00" in head[:512] and not KNOWN_FIELD.match(head):
        return "binary data, not a mail"
    return "" if KNOWN_FIELD.search(head) else "no header field of a mail was found"
