"""One byte, found and put back."""

import json

import pytest

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.demo import damaging
from tests.demo.conftest import Running


def faults(running: Running) -> list[dict[str, str]]:
    document = json.loads(running.muniment("verify", "--json").stdout)
    found: list[dict[str, str]] = document["faults"]
    return found


def test_the_record_is_named_until_the_byte_is_back(running: Running) -> None:
    assert faults(running) == []
    done = running.muniment("demo", "damage")
    assert done.returncode == 0, done.stderr
    record = done.stdout.split()[3]
    assert record.startswith("rec_")
    assert [fault["record"] for fault in faults(running)] == [record]
    assert running.muniment("demo", "damage").returncode == 2  # once is enough
    assert running.muniment("demo", "damage", "--undo").returncode == 0
    assert faults(running) == []


def test_a_named_record_is_damaged(running: Running) -> None:
    record = running.card.examples["nasty_html"]
    assert f"of {record} was" in running.muniment("demo", "damage", "--record", record).stdout
    running.muniment("demo", "damage", "--undo")
    assert running.muniment("demo", "damage", "--undo").returncode == 2


def test_only_a_demo_can_be_damaged(home: Home) -> None:
    with pytest.raises(NotAvailableError):
        damaging.damage(home)
    with pytest.raises(NotAvailableError):
        damaging.undo(home)
