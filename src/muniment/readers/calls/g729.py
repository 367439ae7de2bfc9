"""G.729 with Annex A and B as RTP carries it (RFC 3551 section 4.5.6): frames of 10 ms, at the end perhaps silence."""

from collections.abc import Sequence

import numpy as np

from muniment.readers.calls import libraries
from muniment.readers.calls.g711 import Pcm

FRAME, SILENCE = 10, 2  # octets
_NOTHING = np.zeros(0, np.int16)


def decode(payloads: Sequence[bytes]) -> list[Pcm]:
    """The samples of each packet, at 8000 hertz. CallUnreadableError where no decoder is at hand."""
    with libraries.frames("g729") as next_frame:
        return [
            np.concatenate([next_frame(frame, len(frame) == SILENCE) for frame in found])
            if found
            else _NOTHING
            for found in map(_frames, payloads)
        ]


def _frames(payload: bytes) -> list[bytes]:
    """The frames of a packet; what is no frame is left out."""
    whole = len(payload) // FRAME * FRAME
    found = [payload[at : at + FRAME] for at in range(0, whole, FRAME)]
    return [*found, payload[whole:]] if len(payload) - whole == SILENCE else found
