"""Scenes: short correspondences written as templates, played with a cast, dates and chosen words."""

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files as package_files

import msgspec

from muniment.core.errors import WrongUseError
from muniment.demo.corpus import files, prose, working_time
from muniment.demo.corpus.correspondents import Client, Correspondent
from muniment.demo.corpus.letters import Attached, Letter
from muniment.demo.corpus.signing import address, sign
from muniment.demo.corpus.world import World


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mail of a scene. `sender` and `to` name members of the cast."""

    sender: str
    to: list[str]
    text: str
    cc: list[str] = []
    wait: str = "3h"
    """How long after the mail before: `20m`, `3h`, `2d`."""
    subject: str = ""
    """A new subject begins a new thread."""
    answers: int = -1
    """Which mail of the scene is answered, counted from 0; the one before by default."""
    forwards: bool = False
    attach: list[str] = []
    """Names in the scene's `files`."""
    mark: str = ""
    chance: float = 1.0
    """How likely the correspondence goes on with this mail; where it does not, it ends."""
    client: str = ""
    important: bool = False
    greeting: str = ""
    """Instead of the writer's usual one."""
    bare: bool = False
    """Without greeting, closing and signature, as notices are."""


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A correspondence that can happen several times, to different people."""

    name: str
    subject: str
    mail: list[Mail]
    cast: dict[str, str]
    """Role in the scene → who can play it (see `_candidates`)."""
    times: int = 4
    choose: dict[str, list[str] | str] = {}
    files: dict[str, str] = {}
    """Name template of a file → its content: lines of text, or of comma-separated cells."""
    hour: float = 0
    """When in the day it begins, for what can only happen then; else any time in office hours."""
    on: str = ""
    """A day before the last one (`-40`) for stories that happen once; else any day."""


class _File(msgspec.Struct, frozen=True):
    scene: list[Scene]


SCENE_FILES = (
    "customers",
    "desk",
    "elder_row",
    "elder_row_office",
    "money",
    "office",
    "people",
    "personal",
    "stories",
    "suppliers",
    "support",
)


@cache
def load() -> tuple[Scene, ...]:
    """Every scene of every file, in order; WrongUseError names the file that is not understood."""
    scenes: list[Scene] = []
    folder = package_files(__package__).joinpath("templates")
    for name in SCENE_FILES:
        try:
            text = folder.joinpath(f"{name}.toml").read_text(encoding="utf-8")
            scenes += msgspec.convert(tomllib.loads(text), _File).scene
        except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
            raise WrongUseError(f"The scenes in {name}.toml are not understood.", why=f"{error}.") from error
    return tuple(scenes)


@cache
def common_words() -> dict[str, list[str] | str]:
    """Slots that any scene may use."""
    text = package_files(__package__).joinpath("templates/words.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["choose"], dict[str, list[str] | str])


@dataclass(frozen=True)
class _Play:
    scene: Scene
    cast: Mapping[str, Correspondent]
    values: Mapping[str, str]
    rng: random.Random

    def text(self, template: str, today: date) -> str:
        return prose.fill(prose.expand(template, self.rng), self.values, today)


def play(scene: Scene, world: World, start: date, rng: random.Random) -> list[Letter]:
    """The letters of one correspondence that begins on `start`."""
    cast = _cast(scene, world, rng)
    values = prose.choose(common_words() | scene.choose, start, rng)
    for role, person in cast.items():
        values |= {
            f"{role}.first": person.first,
            f"{role}.name": person.name,
            f"{role}.surname": person.surname,
            f"{role}.firm": person.firm.name,
            f"{role}.phone": person.telephone,
            f"{role}.address": person.address,
        }
    staged = _Play(scene, cast, values, rng)
    letters: list[Letter] = []
    day = working_time.working_day(start, 0)
    moment = working_time.office_moment(day, rng)
    if scene.hour:
        moment = working_time.about(day, scene.hour, rng)
    subject = staged.text(scene.subject, start)
    for mail in scene.mail:
        if rng.random() > mail.chance:
            break
        if letters:
            moment = working_time.later(moment, mail.wait, rng, exact=bool(scene.on))
        letters.append(_letter(staged, mail, letters, subject, moment))
    return letters


def _cast(scene: Scene, world: World, rng: random.Random) -> dict[str, Correspondent]:
    cast: dict[str, Correspondent] = {}

    # Those whom few can play come first, and those who depend on another last: nobody is left without.
    def rank(role: str) -> tuple[bool, int]:
        wanted = scene.cast[role]
        return ("@" in wanted or "~" in wanted, len(world.group(wanted)))

    for role in sorted(scene.cast, key=rank):
        candidates = _candidates(scene.cast[role], cast, world)
        free = [each for each in candidates if each not in cast.values()]
        if not free and "@" in scene.cast[role]:
            free = list(candidates)  # a firm of one: the same person writes again
        if not free:
            raise WrongUseError(f"Nobody can play {role} in the scene {scene.name}.")
        cast[role] = rng.choice(free)
    return {role: cast[role] for role in scene.cast}


def _candidates(wanted: str, cast: Mapping[str, Correspondent], world: World) -> tuple[Correspondent, ...]:
    """`group`; `group@role` or `@role` for a colleague of that role; `group~role` for one of its family."""
    if "~" in wanted:
        group, _, relative = wanted.partition("~")
        family = cast[relative].name.split()[-1]
        return tuple(each for each in world.group(group) if each.name.split()[-1] == family)
    group, _, fellow = wanted.partition("@")
    if not fellow:
        return world.group(group)
    colleagues = world.of_firm(cast[fellow].firm.domain)
    return tuple(each for each in colleagues if group in each.groups) or colleagues


def _letter(staged: _Play, mail: Mail, letters: Sequence[Letter], subject: str, moment: datetime) -> Letter:
    today, rng = moment.date(), staged.rng
    answered = None
    if letters and not mail.subject:
        answered = letters[mail.answers]
        subject = answered.subject
    elif mail.subject:
        subject = staged.text(mail.subject, today)
    letter = Letter(
        sender=staged.cast[mail.sender],
        to=tuple(staged.cast[role] for role in mail.to),
        cc=tuple(staged.cast[role] for role in mail.cc),
        subject=subject,
        own="",
        date=moment.astimezone(working_time.LONDON),
        attachments=tuple(_attached(staged, name, moment) for name in mail.attach),
        answers=answered,
        forwards=mail.forwards,
        sensitivity=mail.mark,
        important=mail.important,
        client=_client(staged.cast[mail.sender], mail, rng),
    )
    body = staged.text(mail.text, today)
    if mail.bare:
        return replace(letter, own=body)
    if rng.random() < letter.sender.careless:
        body = prose.slip(body, rng)
    return replace(letter, own=sign(letter, _greeted(letter, mail, body, rng), rng))


def _greeted(letter: Letter, mail: Mail, body: str, rng: random.Random) -> str:
    return f"{mail.greeting}\n\n{body}" if mail.greeting else address(letter, body, rng)


def _client(sender: Correspondent, mail: Mail, rng: random.Random) -> Client | None:
    if mail.client:
        return Client(mail.client)
    often = sender.client in {Client.OUTLOOK, Client.WEBMAIL} and not mail.attach and not mail.bare
    return Client.PHONE if often and rng.random() < 0.11 else None


def _attached(staged: _Play, name: str, moment: datetime) -> Attached:
    named = staged.text(name, moment.date()).replace("/", "-")
    content = staged.text(staged.scene.files[name], moment.date())
    kind = named.rpartition(".")[2].lower()
    return Attached(named, files.KINDS[kind], _content(kind, content, staged, moment))


def _content(kind: str, content: str, staged: _Play, moment: datetime) -> bytes:
    lines = content.split("\n")
    rng = staged.rng
    match kind:
        case "pdf":
            return files.pdf(lines)
        case "docx":
            return files.docx([line for line in lines if line])
        case "csv":
            return files.csv(_rows(lines))
        case "xlsx":
            return files.xlsx(_rows(lines))
        case "png":
            colours = [(rng.randrange(256), rng.randrange(256), rng.randrange(256)) for _ in range(12)]
            return files.png(160, 96, colours)
        case _:
            start = working_time.office_moment(working_time.working_day(moment.date(), 4), rng)
            start = start.replace(minute=0, second=0) + timedelta(minutes=30 * rng.randrange(2))
            organiser = next(iter(staged.cast.values()))
            summary, place = (*lines, "Meeting room 1")[:2]
            return files.ics(f"{rng.getrandbits(96):024x}", start, 60, summary, place, organiser.address)


def _rows(lines: Sequence[str]) -> list[list[str | float]]:
    return [[_value(cell.strip()) for cell in line.split(",")] for line in lines if line]


def _value(cell: str) -> str | float:
    try:
        return float(cell) if "." in cell else int(cell)
    except ValueError:
        return cell
