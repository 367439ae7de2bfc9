"""How people begin and end a mail: greeting, closing, signature, footer of the firm."""

import random

from muniment.demo.corpus.correspondents import Client, Correspondent
from muniment.demo.corpus.letters import Letter

_NOTICES = (
    (
        "This e-mail may contain confidential information. If it has reached you by mistake, please tell the"
        " sender and delete it."
    ),
    "Please consider whether you need to print this e-mail.",
)
_PHONE_ENDS = ("Sent from my iPhone", "Sent from my iPhone", "Sent from my iPad", "")


def address(letter: Letter, body: str, rng: random.Random) -> str:
    """`body` under a greeting, if this writer would use one here."""
    greeting = _greeting(letter, rng)
    return f"{greeting}\n\n{body}" if greeting else body


def _greeting(letter: Letter, rng: random.Random) -> str:
    sender, first = letter.sender, letter.to[0]
    later_in_thread = letter.depth > 0
    if later_in_thread and rng.random() < (0.5 if letter.program is Client.PHONE else 0.15):
        return ""
    if len(letter.to) > 1:
        if len(letter.to) == 2:
            return rng.choice(("Hi both,", f"{first.first}, {letter.to[1].first},", "Both,"))
        return rng.choice(("Hi all,", "All,", "Dear all,", "Morning all,"))
    if sender.firm != first.firm and not later_in_thread and first.honorific and rng.random() < 0.6:
        return f"Dear {first.surname},"
    return rng.choice(sender.greetings).format(first=first.first)


def sign(letter: Letter, text: str, rng: random.Random) -> str:
    """`text` with closing, name and what follows."""
    sender = letter.sender
    if letter.program is Client.PHONE:
        name = rng.choice((sender.first, sender.first, sender.first[0], ""))
        ending = rng.choice(_PHONE_ENDS)
        return "\n\n".join(part for part in (text, name, ending) if part)
    closing = rng.choice(sender.closings)
    name = (
        "" if sender.first in closing.replace(",", " ").split() or len(closing) == 1 else f"\n{_name(letter)}"
    )
    signed = f"{text}\n\n{closing}{name}"
    if letter.depth == 0 or rng.random() < 0.45:
        signed += _block(sender, letter)
    outside = any(each.firm != sender.firm for each in (*letter.to, *letter.cc))
    if outside and sender.firm.footer:
        signed += f"\n\n{sender.firm.footer}"
        if rng.random() < 0.4:
            signed += f"\n\n{rng.choice(_NOTICES)}"
    return signed


def _name(letter: Letter) -> str:
    strangers = letter.sender.firm != letter.to[0].firm
    return letter.sender.name if strangers and letter.depth == 0 else letter.sender.first


def _block(sender: Correspondent, letter: Letter) -> str:
    """Name, title, firm, telephone; after `-- ` where the program knows that mark (RFC 3676 4.3)."""
    if not sender.firm.name:
        return ""
    mark = "-- " if letter.program is Client.THUNDERBIRD else ""
    titled = f"{sender.name} | {sender.title}" if sender.title else sender.name
    telephone = f"Tel: {sender.telephone}" if sender.telephone else ""
    lines = (mark, titled, sender.firm.name, telephone)
    return "\n\n" + "\n".join(line for line in lines if line)
