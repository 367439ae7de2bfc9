"""A shared listener over a real socket: each organisation's mail under its own key, the rest set apart."""

import asyncio
import smtplib
from collections.abc import Callable

import pytest

from muniment.capture.mail.commit import Bounds, GroupCommit
from muniment.capture.mail.server import Server
from muniment.capture.mail.settings import Listener
from muniment.capture.mail.sorting import Sorting
from tests.capture.memory_keeper import MemoryKeeper

OURS, HARBOUR, QUAY = (f"org_{letter * 26}" for letter in "abc")
DOMAINS = {"harbour.example": HARBOUR, "quay.example": QUAY}
LETTER = b"Subject: minutes\r\n\r\nbody\r\n"
QUICK = Bounds(shortest_pause=0.01, longest_pause=0.02, patience=2.0)


class Knowing:
    def domains(self) -> dict[str, str]:
        return DOMAINS


def converse(keepers: dict[str, MemoryKeeper], client: Callable[[int], None]) -> None:
    """Run a shared listener, and a client against it in a thread."""

    async def run() -> None:
        commits: dict[str, GroupCommit] = {}

        def commit_of(organisation: str) -> GroupCommit:
            if organisation not in commits:
                commits[organisation] = GroupCommit(organisation, keepers[organisation], QUICK)
                commits[organisation].start()
            return commits[organisation]

        sorting = Sorting(Knowing(), commit_of)
        listener = Listener(organisation=OURS, shared=True, listen="127.0.0.1:0")
        server = Server(listener, commit_of(OURS), sorting)
        port = await server.start()
        assert not server.has_room()  # nothing is taken before it is known whose mail is whose
        sorting.start()
        while not server.has_room():  # noqa: ASYNC110 a few rounds
            await asyncio.sleep(0.005)
        await asyncio.to_thread(client, port)
        await server.stop()
        await sorting.stop()
        await asyncio.gather(*(commit.stop() for commit in commits.values()))

    asyncio.run(run())


@pytest.fixture
def keepers() -> dict[str, MemoryKeeper]:
    return {organisation: MemoryKeeper() for organisation in (OURS, HARBOUR, QUAY)}


def held(keeper: MemoryKeeper) -> list[tuple[tuple[str, ...], object]]:
    return [(each.envelope.recipients, each.unmatched is True) for each, _ in keeper.records().values()]


def test_each_organisation_gets_its_own_and_nobody_elses(keepers: dict[str, MemoryKeeper]) -> None:
    def client(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.sendmail("a@x.example", ["ann@harbour.example"], LETTER)
            smtp.sendmail("a@x.example", ["ann@harbour.example", "bob@quay.example"], LETTER)
            smtp.sendmail("a@x.example", ["who@nobody.example"], LETTER)

    converse(keepers, client)
    both = ("ann@harbour.example", "bob@quay.example")
    assert held(keepers[HARBOUR]) == [(("ann@harbour.example",), False), (both, False)]
    assert held(keepers[QUAY]) == [(both, False)]
    assert held(keepers[OURS]) == [(("who@nobody.example",), True)]
    assert {batch.organisation for batch in keepers[QUAY].batches} == {QUAY}


def test_it_is_kept_only_when_every_copy_is(keepers: dict[str, MemoryKeeper]) -> None:
    keepers[QUAY].away = True

    def client(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp, pytest.raises(smtplib.SMTPDataError) as refused:
            smtp.sendmail("a@x.example", ["ann@harbour.example", "bob@quay.example"], LETTER)
        assert refused.value.smtp_code == 451

    converse(keepers, client)
