"""A text of governance to sign, as the signing component shows it."""

from muniment.governance.statements import ToSign
from muniment.web import signing
from muniment.web.requests import PersonRequest
from muniment.web.signing import Signing

LONGEST_NAME = 12  # characters of “Purpose: …” that make a row of its own


def offer(request: PersonRequest, shown: ToSign, *, use: str, action: str) -> Signing:
    """Offer it for signing, with its summary in rows; see `muniment.web.signing.offer`."""
    return signing.offer(request, shown.statement, use=use, action=action, words=rows(shown))


def rows(shown: ToSign) -> list[tuple[str, str]]:
    """The summary as a list of names and values: what it does first, then its named parts."""
    named, plain = [], []
    for sentence in shown.summary:
        name, colon, rest = sentence.partition(": ")
        if colon and len(name) <= LONGEST_NAME:
            named.append((name, rest[:1].upper() + rest[1:]))
        else:
            plain.append(sentence)
    return [(shown.title, " ".join(plain)), *named]
