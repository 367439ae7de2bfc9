"""Sessions: only by their names, only for their time, ended with what they rest on."""

import pytest

from muniment.core.errors import NotAvailableError, RefusedError
from muniment.vault.keeper import sessions
from muniment.vault.keeper.sessions import LIFE, Sessions, Whole


class Clock:
    time = 0

    def __call__(self) -> int:
        return self.time


def test_a_session_lasts_thirty_minutes() -> None:
    clock = Clock()
    kept = Sessions(clock)
    token = kept.open("org_a", "w", "r", "view", Whole(b"content"))
    clock.time = LIFE - 1
    assert kept.find(token).content.read(0, 9) == b"content"
    clock.time = LIFE
    with pytest.raises(RefusedError):
        kept.find(token)


def test_names_are_never_the_same() -> None:
    kept = Sessions(Clock())
    assert len({kept.open("org_a", "w", "r", "view", Whole(b"")) for _ in range(100)}) == 100


@pytest.mark.parametrize("ended", [{"warrant": "w1"}, {"record": "r1"}])
def test_only_what_rests_on_it_ends(ended: dict[str, str]) -> None:
    kept = Sessions(Clock())
    names = [("org_a", "w1", "r1"), ("org_a", "w2", "r2"), ("org_b", "w1", "r1")]
    tokens = [kept.open(*name, "view", Whole(b"")) for name in names]
    kept.end("org_a", **ended)
    with pytest.raises(RefusedError):
        kept.find(tokens[0])
    assert [kept.find(token).content.length for token in tokens[1:]] == [0, 0]
    kept.end("org_a")
    kept.find(tokens[1])


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_BYTES", 10)
    clock = Clock()
    kept = Sessions(clock)
    kept.open("org_a", "w", "r", "view", Whole(bytes(10)))
    with pytest.raises(NotAvailableError):
        kept.open("org_a", "w", "r", "view", Whole(b"x"))
    clock.time = LIFE
    kept.open("org_a", "w", "r", "view", Whole(b"x"))
