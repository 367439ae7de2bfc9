"""The sample mails in vault, catalogue and index."""

import time

from muniment.demo.corpus.generate import COUNT
from muniment.search.client import Librarian
from muniment.vault.client import DeskDoor
from tests.demo.conftest import Running


def test_every_mail_is_sealed_for_each_organisation_that_saw_it(running: Running) -> None:
    with DeskDoor(running.home.socket("desk")) as desk:
        records = {each.organisation: each.records for each in desk.status().organisations}
    larger, smaller = (records[each.organisation] for each in running.card.organisations)
    assert larger > 1600
    assert smaller > 200
    assert larger + smaller > COUNT


def test_people_find_their_own(running: Running) -> None:
    organisation = running.card.organisation("wethercote").organisation
    jack = running.card.persona("employee")
    with Librarian(running.home) as librarian:
        found = librarian.own(organisation, "*", addresses=(jack.email,))
    assert found.total > 150


def test_the_worker_keeps_up(running: Running) -> None:
    organisation = running.card.organisation("wethercote").organisation
    running.muniment("demo", "send")
    with DeskDoor(running.home.socket("desk")) as desk, Librarian(running.home) as librarian:
        size = {each.organisation: each.size for each in desk.status().organisations}[organisation]
        until = time.monotonic() + 20
        while librarian.state(organisation).watermark < size - 1 and time.monotonic() < until:
            time.sleep(0.1)
        assert librarian.state(organisation).watermark >= size - 1
