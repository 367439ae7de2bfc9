"""The fixed properties by which a call is found, as `field:value`; the query language asks for the same."""

from muniment.readers.calls import Call

VOICEMAIL = "has:voicemail"


def labels(call: Call) -> tuple[str, ...]:
    """Everything of a call that a search names by a word."""
    facts = call.facts
    found = [
        f"direction:{facts.direction}",
        f"notice:{facts.notice.state}",
        f"masked:{'yes' if facts.masks else 'no'}",
    ]
    extensions = [party.extension for party in facts.parties if party.extension]
    found += [f"extension:{folded(one)}" for one in extensions]
    if facts.queue:  # by its whole name, and by each word of it
        found += [f"queue:{one}" for one in (folded(facts.queue), *folded(facts.queue).split())]
    if call.channel == "voicemail":
        found.append(VOICEMAIL)
    return tuple(dict.fromkeys(found))


def folded(text: str) -> str:
    """A name as a search compares it: small letters, one blank between words."""
    return " ".join(text.lower().split())
