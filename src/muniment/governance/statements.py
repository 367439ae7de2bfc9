"""What somebody is about to sign, as the exact text and in plain words.

The words stand on the signing page, above the button, and in the mail that the signer gets afterwards.
They name people, purpose, counts and dates, and never a word of any record.
"""

from collections.abc import Sequence

import msgspec

from muniment.governance import words
from muniment.vault.authority import statements as texts


class ToSign(msgspec.Struct, frozen=True):
    """One text for one person to sign: `title` and `summary` say in plain words what it does."""

    title: str
    summary: tuple[str, ...]
    statement: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the text in hex: what a passkey gets as its challenge."""
        return texts.digest(self.statement).hex()


class Named(msgspec.Struct, frozen=True):
    """A person, as a summary names one."""

    id: str
    name: str


def request(
    statement: bytes, *, kind: str, purpose: str, locator: Named, until: int, about: Sequence[str]
) -> ToSign:
    """A request: who may look for what it is about, and that nothing is opened by it."""
    alone = kind in words.OF_THEIR_OWN.values()
    return ToSign(
        title=f"You ask to {kind[0].lower()}{kind[1:]}" if alone else "You ask for records",
        summary=(
            f"Kind of request: {kind}.",
            f"Purpose: {purpose}.",
            f"About: {words.listing(list(about)) if about else 'no named person'}.",
            (
                f"{locator.name} may look for the records until {words.when(until)}, seeing who wrote to whom, "
                "when, and the subject of what is not marked private, but not what they say."
            ),
            "Nothing is done by this. Two different persons say yes or no afterwards."
            if alone
            else "Nothing is opened by this. Somebody who is entitled to decide says yes or no afterwards.",
        ),
        statement=statement,
    )


def monitoring_request(
    statement: bytes, *, kind: str, purpose: str, lines: Sequence[str], hours: int, about: Sequence[str]
) -> ToSign:
    """A request to hear calls while they last: on which lines, of whom, for how long."""
    return ToSign(
        title="You ask to listen to calls in progress",
        summary=(
            f"Kind of request: {kind}.",
            f"Purpose: {purpose}.",
            f"Lines: {words.things(0, list(lines))}, of {words.listing(list(about))}.",
            f"For {hours} {'hour' if hours == 1 else 'hours'} from the moment of the yes.",
            "Nothing is heard by this. Somebody who is entitled to decide says yes or no.",
        ),
        statement=statement,
    )


def monitoring(statement: bytes, *, purpose: str, case: str) -> ToSign:
    """A holder's word that they now listen to one call while it lasts."""
    return ToSign(
        title="You listen to a call in progress",
        summary=(
            f"Case: {case}.",
            f"Purpose: {purpose}.",
            "This is written to the proof log before the first second is heard, and so is its end.",
        ),
        statement=statement,
    )


def locating(statement: bytes, *, requester: str, purpose: str) -> ToSign:
    """A locator's word that she now looks for the records of one request."""
    return ToSign(
        title="You look for records",
        summary=(
            f"For the request of {requester}.",
            f"Purpose: {purpose}.",
            (
                "Each search is written to the proof log. You see who wrote to whom, when, and the subject of "
                "what is not marked private, but not what the records say."
            ),
        ),
        statement=statement,
    )


def approval(
    statement: bytes, warrant: bytes, *, holder: str, purpose: str, beside: Sequence[str], private: int
) -> ToSign:
    """A yes: who may do what with how many records, for what, until when, and who else must sign."""
    text = texts.read(texts.Warrant, warrant)
    marked = (f"{words.records(private)} marked private, personal or union.",) if private else ()
    others = (f"It counts once {words.listing(list(beside))} signed the same.",) if beside else ()
    return ToSign(
        title="You approve",
        summary=(
            f"{holder} may {words.acts(text.actions)} {words.things(text.count, texts.lines_of(text))}.",
            *marked,
            f"Purpose: {purpose}.",
            f"From {words.when(text.not_before)} until {words.when(text.not_after)}.",
            f"At most {text.cap:,} {'calls' if texts.lines_of(text) else 'openings'}.",
            *others,
            "You can take it back at any time.",
        ),
        statement=statement,
    )


def refusal(statement: bytes, *, requester: str) -> ToSign:
    """A no to a whole request."""
    return ToSign(
        title="You refuse",
        summary=(f"The request of {requester} is refused. Nothing is opened. They read your reason.",),
        statement=statement,
    )


def opening(statement: bytes, *, purpose: str, case: str) -> ToSign:
    """A holder's word that they now use their grant on these records."""
    text = texts.read(texts.OpeningAssertion, statement)
    done = {
        texts.Action.VIEW: "You open",
        texts.Action.LISTEN: "You listen to",
        texts.Action.EXPORT: "You take a copy of",
        texts.Action.ERASE: "You erase for good",
        texts.Action.EXCISE: "You take stretches out of",
        texts.Action.COMPRESS: "You keep as Opus the sound of",
    }.get(text.action, "You use")
    last = {
        texts.Action.ERASE: "The key of the record is destroyed. Nobody can bring the record back.",
        texts.Action.EXCISE: "A record without these stretches is kept in its place, and the key of the present one "
        "is destroyed. Nobody can bring back what was taken out.",
        texts.Action.COMPRESS: "The sound of each is kept as Opus in a record of its own, and the key of the present "
        "one is destroyed. Nobody can bring back the exact samples, or the packets.",
    }.get(
        text.action,
        "This is written to the proof log first. The people in the record may see that you did it.",
    )
    return ToSign(
        title=f"{done} {words.records(len(text.records))}",
        summary=(f"Case: {case}.", f"Purpose: {purpose}.", last),
        statement=statement,
    )


def revocation(statement: bytes, *, holder: str) -> ToSign:
    """The end of a grant before its time."""
    return ToSign(
        title="You take a grant back",
        summary=(f"{holder} can open nothing under it from now on, and what is open is closed.",),
        statement=statement,
    )


def hold_release(statement: bytes, *, records: int, reason: str, first: str) -> ToSign:
    """The end of a hold, which a second person must sign too."""
    second = f"{first} has signed it already." if first else "It counts once a second person signed the same."
    return ToSign(
        title="You let go of a hold",
        summary=(
            f"{words.records(records).capitalize()} may be destroyed again, where another rule says so.",
            f"Reason: {reason}.",
            second,
        ),
        statement=statement,
    )
