"""Payload types: what the numbers mean without `a=rtpmap` (RFC 3551 section 6), and which are taken.

A codec is taken where a decoder for it exists that a reader may use; the master is the payload itself.
`red` (RFC 2198) and `tone` (RFC 4733) are not taken: they would carry digits past the mask.
"""

from collections.abc import Mapping

from muniment.capture.calls.ports import Codec

STATIC: Mapping[int, Codec] = {
    0: Codec("PCMU", 8000),
    3: Codec("GSM", 8000),
    4: Codec("G723", 8000),
    7: Codec("LPC", 8000),
    8: Codec("PCMA", 8000),
    9: Codec("G722", 8000),
    10: Codec("L16", 44100, 2),
    11: Codec("L16", 44100),
    12: Codec("QCELP", 8000),
    13: Codec("CN", 8000),
    15: Codec("G728", 8000),
    18: Codec("G729", 8000),
    19: Codec("CN", 8000),  # merely reserved by RFC 3551; one vendor uses it for comfort noise
}

SOUND = frozenset({"PCMU", "PCMA", "G722", "G729", "GSM", "OPUS", "AMR", "AMR-WB", "L16", "ILBC", "SPEEX"})
"""Names, in capitals, of codecs that carry speech and are taken."""

BESIDE = frozenset({"CN", "TELEPHONE-EVENT"})
"""Payloads that come beside speech. Events are agreed to, or a client would send the tones as sound."""

FIRST_DYNAMIC = 96

OFFERED: Mapping[int, Codec] = {
    0: STATIC[0],
    8: STATIC[8],
    9: STATIC[9],
    18: STATIC[18],
    96: Codec("opus", 48000, 2),
    101: Codec("TELEPHONE-EVENT", 8000, fmtp="0-16"),
}
"""What we offer where the client lets us begin (RFC 7866 section 7.2)."""


def is_sound(codec: Codec) -> bool:
    """Whether a codec carries speech and is taken."""
    return codec.name.upper() in SOUND


def is_taken(codec: Codec) -> bool:
    """Whether a payload type stands in our answers."""
    return is_sound(codec) or codec.name.upper() in BESIDE


def registered(name: str) -> str:
    """A codec's name in one spelling: capitals, save opus."""
    return "opus" if name.lower() == "opus" else name.upper()
