"""What goes through the pipe between a page's process and the child that decodes.

The child gets a `Task` and asks for the bytes that it needs by `Wanted`, so that it reads a window of a
recording and not the whole; then it answers. Each message is preceded by its length.
"""

from typing import Literal

import msgspec

from muniment.core.call_facts import CallFacts

type Form = Literal["audio", "siprec", "vcon"]
type Deed = Literal["compress", "describe", "excise", "hear", "opus", "peaks"]


class Covered(msgspec.Struct, frozen=True, array_like=True):
    """A stretch that a redaction covers, in ms since the sound began; `channel` 0 or 1, or None for both."""

    start: int
    end: int
    channel: int | None = None
    beep: bool = True


class Task(msgspec.Struct, frozen=True, array_like=True):
    """One thing to do with a recording of `size` bytes; `start` and `end` are ms since its sound began.

    `name` ends as its file did, `facts` is what its capture statement knows. `rate` is in hertz, 0 for the
    recording's own; of peaks it is how many there are to a second, in thousandths. Before anything leaves
    the child it is covered by `covers`; to excise is to leave these out of the file itself, and `by` is who stands
    for that in its masked spans.
    """

    deed: Deed
    form: Form
    size: int
    name: str = ""
    facts: CallFacts | None = None
    start: int = 0
    end: int = 0
    rate: int = 0
    covers: tuple[Covered, ...] = ()
    by: str = ""


class Wanted(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The child asks for bytes of the recording."""

    offset: int
    length: int


class Piece(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The child hands over the next bytes of a file that it makes."""

    data: bytes


class Described(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """What there is to hear: its rate in hertz, one or two channels, how long in ms, and what cannot be heard."""

    rate: int
    channels: int
    length: int
    notes: tuple[str, ...] = ()


class Heard(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Sound: 16-bit samples, channels taking turns, or a file of Opus; `notes` say what was not decoded."""

    data: bytes
    notes: tuple[str, ...] = ()


class Drawn(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Peaks: for each channel signed octets, the lowest and the highest of each stretch in turn.

    `holes` are where packets are missing: from, to (ms since the sound began) and the channel, -1 for both.
    """

    channels: tuple[bytes, ...]
    holes: tuple[tuple[int, int, int], ...] = ()
    notes: tuple[str, ...] = ()


class Excised(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A recording was handed over without some stretches, in so many bytes."""

    size: int


class Compressed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A recording was handed over as Opus in Ogg, in `size` bytes.

    `rate` is in hertz, lengths are in ms: of what is heard of the native recording, and of the Opus, decoded again.
    """

    size: int
    rate: int
    channels: int
    native_length: int
    length: int


class Unreadable(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Why it cannot be heard, in words for people."""

    why: str


type Answer = Compressed | Described | Excised | Heard | Drawn | Unreadable
type FromChild = Compressed | Wanted | Piece | Described | Excised | Heard | Drawn | Unreadable
