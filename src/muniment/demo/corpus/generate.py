"""The corpus: two thousand mails over fourteen months, the same bytes for the same seed and last day."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from muniment.demo.corpus import notices, oddities, scenes, working_time
from muniment.demo.corpus.clients import render
from muniment.demo.corpus.correspondents import Client
from muniment.demo.corpus.letters import Letter
from muniment.demo.corpus.world import World
from muniment.demo.corpus.world import load as load_world
from muniment.demo.personas import ORGANISATIONS

COUNT = 2000
DAYS = 425  # how far back the first correspondence may begin
NOTICE_SHARE = 0.09
NEWSLETTER_SHARE = 0.025
SEED = 1854


@dataclass(frozen=True)
class DemoMail:
    """One mail: its bytes, when it was sent, and the organisations whose server saw it."""

    data: bytes
    date: datetime
    organisations: tuple[str, ...]
    own: str
    """What its sender wrote, without quotes; empty for what machines send."""
    story: str
    """The scene it is from."""


def corpus(last: date, *, count: int = COUNT, seed: int = SEED) -> list[DemoMail]:
    """`count` mails, oldest first, none later than the evening before `last`."""
    world = load_world()
    end = datetime.combine(last, datetime.min.time(), working_time.LONDON)
    odd = oddities.all_of_them(
        lambda number: end - timedelta(days=4 + 9 * number, hours=13, minutes=7 * number)
    )
    mails = [
        DemoMail(each.data, end - timedelta(days=4 + 9 * number), ("wethercote",), "", each.name)
        for number, each in enumerate(odd)
    ]
    mails += _machines(world, end, count, random.Random(f"{seed}/machines"))
    mails += _once(world, end, seed)
    mails += _many(world, end, seed, count - len(mails))
    return sorted(mails[:count], key=lambda mail: mail.date)


def _once(world: World, end: datetime, seed: int) -> Iterator[DemoMail]:
    for scene in scenes.load():
        if scene.on:
            start = working_time.working_day(end.date() + timedelta(days=int(scene.on)), 0)
            letters = scenes.play(scene, world, start, random.Random(f"{seed}/{scene.name}"))
            yield from _before(letters, end, scene.name)


def _many(world: World, end: datetime, seed: int, wanted: int) -> list[DemoMail]:
    plan = [(scene, number) for scene in scenes.load() if not scene.on for number in range(scene.times * 2)]
    random.Random(f"{seed}/plan").shuffle(plan)
    plan.sort(key=lambda each: each[1] >= each[0].times)  # everybody's share first, then the rest
    mails: list[DemoMail] = []
    for scene, number in plan:
        if len(mails) >= wanted:
            break
        rng = random.Random(f"{seed}/{scene.name}/{number}")
        start = end.date() - timedelta(days=rng.randint(2, DAYS))
        mails += _before(scenes.play(scene, world, start, rng), end, scene.name)
    return mails[:wanted]


def _before(letters: list[Letter], end: datetime, story: str) -> Iterator[DemoMail]:
    for letter in letters:
        if letter.date < end:
            own = letter.own if letter.sender.client not in _MACHINES else ""
            yield DemoMail(render(letter), letter.date, _seen_by(letter), own, story)


def _machines(world: World, end: datetime, count: int, rng: random.Random) -> Iterator[DemoMail]:
    for _ in range(int(count * NOTICE_SHARE)):
        letter = rng.choice(notices.NOTICES)(world, _any_hour(end, rng), rng)
        yield DemoMail(render(letter), letter.date, _seen_by(letter), "", "notice")
    for _ in range(int(count * NEWSLETTER_SHARE)):
        letter, data = notices.newsletter(world, _any_hour(end, rng), rng)
        yield DemoMail(data, letter.date, _seen_by(letter), "", "newsletter")


def _any_hour(end: datetime, rng: random.Random) -> datetime:
    moment = end - timedelta(minutes=rng.randrange(60, DAYS * 24 * 60))
    return moment.astimezone(working_time.LONDON)


def _seen_by(letter: Letter) -> tuple[str, ...]:
    domains = {each.firm.domain for each in (letter.sender, *letter.to, *letter.cc)}
    seen = tuple(each.key for each in ORGANISATIONS if each.firm.domain in domains)
    return seen or (ORGANISATIONS[0].key,)


_MACHINES = frozenset({Client.AUTOMATIC, Client.TICKETS})
