"""Checks that people ask for."""

from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.release import checking
from muniment.release.models import Check
from tests.governance.house import House


def test_a_sound_vault_is_found_sound_and_counted(house: House) -> None:
    house.records(2)
    asked = checking.ask(house.person("aud"))
    assert asked.finished is None
    assert checking.waiting()
    assert checking.run_waiting(house.estate.home) == 1
    found = checking.latest(house.organisation, finished=True)
    assert found is not None
    assert found.sound
    assert found.records == 2
    assert found.share == 100
    assert found.asked_by.name == "Aud"
    assert not checking.waiting()


def test_who_asks_while_one_waits_is_given_that_one(house: House) -> None:
    assert checking.ask(house.person("aud")).id == checking.ask(house.person("ira")).id
    assert len(checking.history(house.person("cora"))) == 1


def test_whoever_watches_nothing_asks_for_none(house: House) -> None:
    for name in ("hana", "eve"):
        with pytest.raises(RefusedError):
            checking.ask(house.person(name))
        with pytest.raises(RefusedError):
            checking.history(house.person(name))


def test_what_cannot_be_checked_says_why(house: House) -> None:
    asked = checking.ask(house.person("aud"))
    elsewhere = type(house.estate.home)(house.estate.home.path / "nowhere")
    checking.run_waiting(elsewhere)
    found = checking.latest(house.organisation)
    assert found is not None
    assert found.id == asked.id
    assert "no vault" in found.trouble
    assert not found.sound


def test_one_whose_worker_died_is_taken_up_again(house: House) -> None:
    asked = checking.ask(house.person("aud"))
    Check.objects.filter(pk=asked.id).update(started=clock.now())
    assert not checking.waiting()
    Check.objects.filter(pk=asked.id).update(started=clock.now() - timedelta(hours=1))
    assert checking.run_waiting(house.estate.home) == 1


def test_the_checkpoint_is_read_without_keys(house: House) -> None:
    found = checking.checkpoint(house.estate.home, house.organisation)
    assert found is not None
    head, published, size = found
    assert size == head.size
    assert head.size > 0
    assert published <= clock.seconds()
    assert checking.checkpoint(house.estate.home, "org_nowhere") is None
