"""Text from templates: `{this|that}` chooses, `<name>` fills in; the same seed gives the same text.

`{a|}` sometimes says nothing. Choices nest. A slot is `<name>`, or `<name+3>` for a date some working
days on. What a slot stands for is fixed for a whole thread by `Values`.
"""

import random
import re
from collections.abc import Mapping
from datetime import date, timedelta

from muniment.core.errors import WrongUseError
from muniment.demo.corpus.working_time import working_day, written

_INNERMOST = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([a-z_.]+)(?:([+-])(\d+))?>")
_MONEY = re.compile(r"£(\d+)-(\d+)")
_NUMBER = re.compile(r"#(\d+)-(\d+)")
_DAYS = re.compile(r"day([+-]\d+)")


def expand(template: str, rng: random.Random) -> str:
    """Make every choice in `template`."""
    text = template
    while match := _INNERMOST.search(text):
        text = text[: match.start()] + rng.choice(match[1].split("|")) + text[match.end() :]
    return text


def choose(wanted: Mapping[str, object], start: date, rng: random.Random) -> dict[str, str]:
    """One value for each slot: from a list, `£20-90` (pounds), `#1-9` (a number) or `day+3` (a date)."""
    return {name: _choose(source, start, rng) for name, source in wanted.items()}


def _choose(source: object, start: date, rng: random.Random) -> str:
    if isinstance(source, list):
        return expand(str(rng.choice(source)), rng)
    text = str(source)
    if match := _MONEY.fullmatch(text):
        pounds = rng.randint(int(match[1]), int(match[2]))
        pence = rng.choice(("", "", ".50", f".{rng.randrange(100):02d}"))
        return f"£{pounds:,}{pence}"
    if match := _NUMBER.fullmatch(text):
        return str(rng.randint(int(match[1]), int(match[2])))
    if match := _DAYS.fullmatch(text):
        return written(working_day(start, int(match[1])))
    return expand(text, rng)


def fill(text: str, values: Mapping[str, str], today: date) -> str:
    """Put values into slots; `<day+2>` and `<date+2>` count working days from `today`.

    WrongUseError for a slot that nothing fills, so that no mail ever shows one.
    """

    def value(match: re.Match[str]) -> str:
        name, sign, number = match[1], match[2], match[3]
        if name in {"day", "date", "month"}:
            return _date(name, int(f"{sign or '+'}{number or 0}"), today)
        if name not in values:
            raise WrongUseError(f"Nothing fills <{name}>.")
        return values[name]

    for _ in range(3):  # a value may itself hold a slot
        if not _SLOT.search(text):
            break
        text = _SLOT.sub(value, text)
    return tidy(text)


def tidy(text: str) -> str:
    """Repair what empty choices leave: doubled spaces, a space before a stop, a small first letter."""
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r" ([,.;:?!])(?=\s|$)", r"\1", text)
    text = re.sub(r" *\n *", "\n", text)
    text = re.sub(r"\n{3,}", "\n\n", text)
    text = re.sub(r"\.\.(?!\.)", ".", text.replace("...", "…"))
    text = re.sub(r"(^|[.!?]\s+|\n\n)([a-z])(?=[a-z']*[ ,])", lambda m: m[1] + m[2].upper(), text)
    return text.strip()


def slip(text: str, rng: random.Random) -> str:
    """One slip of a hurried hand: two letters swapped, or an apostrophe forgotten."""
    if "'" in text and rng.random() < 0.4:
        return text.replace("'", "", 1)
    words = list(re.finditer(r"\b[a-z]{5,9}\b", text))
    if not words:
        return text
    word = rng.choice(words)
    at = word.start() + rng.randint(1, len(word[0]) - 3)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _date(name: str, days: int, today: date) -> str:
    if name == "month":
        return f"{today + timedelta(days=30 * days):%B}"
    day = working_day(today, days)
    return f"{day:%A}" if name == "day" else written(day)
