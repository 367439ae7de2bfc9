"""A finding goes into JSON with the words of its state."""

import msgspec

from muniment.processes.findings import Finding, State


def test_a_finding_is_told_in_words() -> None:
    found = Finding("Own key", State.ATTENTION, "It is locked.", "Unlock it.")
    told = msgspec.json.decode(msgspec.json.encode(found))
    assert told == {
        "subject": "Own key",
        "state": "attention",
        "says": "It is locked.",
        "remedy": "Unlock it.",
    }
