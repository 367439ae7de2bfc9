"""The demo's calls as data: who rang whom and when, and what was said."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from muniment.core.errors import WrongUseError
from muniment.demo.corpus import working_time
from muniment.demo.corpus.generate import DemoMail
from muniment.demo.corpus.world import World
from muniment.demo.corpus.world import load as load_world
from muniment.demo.personas import persona

LIVE = "live"
TODAY = "today"
MAIN_NUMBER = "01632 960 400"
_TURN = re.compile(r"(caller|called): (.+)")
_ACT = re.compile(r"(notice|quiet|loud|gone|hold|transfer)(?: (\S+))?")

type Direction = Literal["inbound", "outbound", "internal"]


class Voice(msgspec.Struct, frozen=True, array_like=True):
    """How somebody sounds: espeak-ng's voice, a pitch from 0 to 99, words a minute."""

    name: str
    pitch: int
    speed: int


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call of the script."""

    key: str
    when: str
    direction: Direction
    caller: str
    called: str
    says: str
    queue: str = ""
    channel: Literal["call", "voicemail"] = "call"
    seconds: int = 0
    """How long it was, where nothing is heard of it."""

    @property
    def live(self) -> bool:
        """Whether it is made through the recorder once the demo runs."""
        return self.when == LIVE

    @property
    def turns(self) -> tuple[tuple[str, str], ...]:
        """What happens, in order: who speaks and the words, or an act and what belongs to it."""
        return tuple(_turn(self.key, line) for line in self.says.strip().splitlines())


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One recording notice of the firm: played since so many `days` ago, in these queues or everywhere."""

    key: str
    language: str
    days: int
    text: str
    queues: tuple[str, ...] = ()


class Script(msgspec.Struct, frozen=True):
    """All of it."""

    notice: tuple[Notice, ...]
    voices: dict[str, Voice]
    call: tuple[Call, ...]

    def played(self, key: str) -> Notice:
        """The notice of this key, the one of today where it is empty. KeyError if there is none."""
        return {each.key: each for each in self.notice}[key or TODAY]


@dataclass(frozen=True)
class Phone:
    """Somebody at a telephone. `extension` is empty for people outside."""

    who: str
    name: str
    number: str
    extension: str = ""

    @property
    def dialled(self) -> str:
        """The number that a switch has for them: the extension inside, else the whole number."""
        return self.extension or self.number.replace(" ", "")


@cache
def load() -> Script:
    """The script. WrongUseError where it is not understood."""
    text = files(__package__).joinpath("script.toml").read_text(encoding="utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), Script)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise WrongUseError("The calls in script.toml are not understood.", why=f"{error}.") from error


def phone(who: str, world: World | None = None) -> Phone:
    """The telephone of a persona (by key), of somebody outside (by address), or a bare extension."""
    if who.isdigit():
        return Phone(who, "", "", who)
    try:
        writer = persona(who).writer
        return Phone(who, writer.name, writer.telephone, writer.telephone.split()[-1])
    except KeyError:
        [outside] = (world or load_world()).group(who)
        return Phone(who, outside.name, outside.telephone)


def began(call: Call, mails: Iterable[DemoMail], today: date) -> datetime:
    """When a call began that is in the past; with the mails of the same corpus it fits its case."""
    if call.when.startswith("mail:"):
        _, subject, minutes = call.when.split(":")
        wanted = f"\nsubject: {subject}".encode().lower()
        first = next((mail for mail in mails if wanted in mail.data[:4000].lower()), None)
        if first is None:
            raise WrongUseError(f"No mail of the demo has the subject {subject!r}.")
        return first.date.replace(microsecond=0) + timedelta(minutes=int(minutes))
    days, _, clock = call.when.removeprefix("day:").partition(" ")
    hour, minute = map(int, clock.split(":"))
    day = today
    for _ in range(-int(days)):
        day = _working_day_before(day)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=working_time.LONDON)


def _working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not working_time.is_working_day(day):
        day -= timedelta(days=1)
    return day


def _turn(key: str, line: str) -> tuple[str, str]:
    if spoken := _TURN.fullmatch(line):
        return spoken[1], spoken[2]
    if act := _ACT.fullmatch(line):
        return act[1], act[2] or ""
    raise WrongUseError(f"The line {line!r} of the call {key} is not understood.")
