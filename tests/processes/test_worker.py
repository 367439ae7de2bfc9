"""The worker's rounds: every organisation, whatever one of them does."""

import threading
from collections.abc import Callable

from muniment.core.errors import NotAvailableError
from muniment.core.settings import AnchorSettings, OutgoingSettings, Settings
from muniment.processes import worker
from muniment.processes.worker import Rounds
from muniment.search.follow import Followed

IDLE = Followed(10, 0, 0, 0, 0, 0)
BUSY = Followed(10, 5, 4, 0, 0, 0)


def rounds(follow: Callable[[str], Followed], *, sent: list[int] | None = None) -> Rounds:
    def send() -> int:
        if sent is not None:
            sent.append(1)
        return 0

    return Rounds(lambda: ("org_a", "org_b"), follow, send)


def test_a_round_goes_to_every_organisation_and_the_outbox() -> None:
    seen: list[str] = []
    sent: list[int] = []

    def follow(organisation: str) -> Followed:
        seen.append(organisation)
        return BUSY if organisation == "org_b" else IDLE

    assert rounds(follow, sent=sent).one() == (True, True)
    assert (seen, sent) == (["org_a", "org_b"], [1])


def test_trouble_with_one_does_not_stop_the_others() -> None:
    seen: list[str] = []

    def follow(organisation: str) -> Followed:
        if organisation == "org_a":
            raise NotAvailableError("The keeper went away.")
        seen.append(organisation)
        return IDLE

    assert rounds(follow).one() == (False, False)
    assert seen == ["org_b"]


def test_a_keeper_that_is_away_is_waited_for() -> None:
    def away() -> tuple[str, ...]:
        raise NotAvailableError("The keeper went away.")

    assert Rounds(away, lambda _: IDLE, lambda: 0).one() == (False, False)


def test_it_goes_on_while_there_is_work_and_ends_when_told() -> None:
    stop, left = threading.Event(), [5]

    def follow(_: str) -> Followed:
        left[0] -= 1
        if left[0] <= 0:
            stop.set()
        return BUSY

    worker.run(rounds(follow), stop, pause=60)  # would hang if it rested while busy
    assert left[0] <= 0


def test_heads_are_mailed_only_where_a_mail_server_is_named() -> None:
    assert worker._mails_heads(Settings()) is None  # nothing would leave this machine
    named = OutgoingSettings(host="mail.example")
    assert worker._mails_heads(Settings(outgoing=named))
    assert worker._mails_heads(Settings(outgoing=named, anchors=AnchorSettings(mail=False))) is None
