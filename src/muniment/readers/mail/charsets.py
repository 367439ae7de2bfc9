"""Bytes to text under the charset that a sender names, or the likeliest where the name is wrong."""

import codecs
import re
from functools import lru_cache

# Names that senders use for something wider than the name says (WHATWG Encoding, section 4.2),
# and names that no registry holds but that occur in real mail.
WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "tis_620": "cp874",
    "iso8859-11": "cp874",
}
MISNAMED = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
    "x-euc-jp": "euc_jp",
    "x-mac-roman": "mac_roman",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "cp-850": "cp850",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "windows-874": "cp874",
    "iso-2022-jp-ms": "iso2022_jp_ext",
}
# Codecs that are no charset of mail; two of them take quadratic time.
NOT_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
LONGEST_LABEL = 64
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(data: bytes, label: str) -> tuple[str, str]:
    """The text of `data`, and a defect in words: empty where `label` was known and true."""
    codec = _codec(label.strip().lower())
    if codec:
        try:
            return _clean(data.decode(codec)), ""
        except (UnicodeError, LookupError):
            pass
    text = guess(data)
    if not label or (data.isascii() and codec):
        return text, ""
    return text, f"charset {label[:LONGEST_LABEL]!r} is {'not true' if codec else 'not known'}"


def guess(data: bytes) -> str:
    """Text of bytes that name no charset: UTF-8 where it fits, else Windows-1252."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


@lru_cache(maxsize=512)
def _codec(label: str) -> str:
    if not label or len(label) > LONGEST_LABEL:
        return ""
    try:
        found = codecs.lookup(MISNAMED.get(label, label))
    except (LookupError, ValueError):
        return ""
    # `_is_text_encoding` is how the library itself tells charsets from base64 and zip.
    if found.name in NOT_CHARSETS or not getattr(found, "_is_text_encoding", True):
        return ""
    # ASCII with 8-bit bytes is most often UTF-8: leave it to the guess.
    return WIDER.get(found.name, found.name) if found.name != "ascii" else "ascii"


def _clean(text: str) -> str:
    # UTF-7 and UTF-16 can smuggle half of a surrogate pair, which no other encoder accepts.
    return LONE_SURROGATE.sub("\ufffd", text)
