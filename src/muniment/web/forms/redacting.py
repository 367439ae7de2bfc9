"""The form of a redaction: up to eight stretches, each with its channel, and why."""

from collections.abc import Mapping
from typing import Final

import msgspec

from muniment.core.errors import WrongUseError
from muniment.release import redacting
from muniment.release.sound.messages import Covered
from muniment.web.player import moment_of

ROWS: Final = 8


class Line(msgspec.Struct, frozen=True):
    """One line as it was sent; `number` from 1."""

    number: int
    start: str = ""
    end: str = ""
    channel: str = "both"
    manner: str = "beep"

    @property
    def empty(self) -> bool:
        """Whether nothing was written in it."""
        return not self.start.strip() and not self.end.strip()


def lines(sent: Mapping[str, str]) -> tuple[Line, ...]:
    """All lines of the form, with what was sent."""
    return tuple(
        Line(
            number,
            *(
                sent.get(f"{name}-{number}", usual)
                for name, usual in (("start", ""), ("end", ""), ("channel", "both"), ("manner", "beep"))
            ),
        )
        for number in range(1, ROWS + 1)
    )


def covers(sent: Mapping[str, str], length: int) -> tuple[Covered, ...]:
    """What is to be covered of a sound of `length` ms; WrongUseError names the line that says nothing."""
    found = () if _nothing(sent) else stretches(sent, length)
    whole = sent.get("whole", "none")
    if whole in {"0", "1"}:
        found = (*found, Covered(0, length, int(whole), beep=False))
    if not found:
        raise WrongUseError("Say which stretch is to be covered, or which channel.")
    return found


def _nothing(sent: Mapping[str, str]) -> bool:
    return all(line.empty for line in lines(sent))


def stretches(sent: Mapping[str, str], length: int) -> tuple[Covered, ...]:
    """The stretches of a sound of `length` ms, and no whole channel; WrongUseError as `covers`."""
    found = tuple(_cover(line, length) for line in lines(sent) if not line.empty)
    if not found:
        raise WrongUseError("Say which stretch it is.")
    return found


def _cover(line: Line, length: int) -> Covered:
    start, end = moment_of(line.start), moment_of(line.end)
    if start is None or end is None:
        raise WrongUseError(f"Stretch {line.number}: write both moments, such as 1:05 and 1:12.")
    channel = int(line.channel) if line.channel in {"0", "1"} else None
    manner: redacting.Manner = "silence" if line.manner == "silence" else "beep"
    try:
        return redacting.cover(start, end, channel, manner, length)
    except WrongUseError as error:
        raise WrongUseError(f"Stretch {line.number}: {error.what}") from error
