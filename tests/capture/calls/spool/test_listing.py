"""Files of call details as accounts: the same now and at every rebuild."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.spool import listing
from muniment.capture.calls.spool.fields import Mapped
from muniment.core.errors import MunimentError
from tests.capture.calls.spool.test_asterisk import FREEPBX
from tests.capture.calls.spool.test_graph import RECORD

CARRIER = "When;From number;Dialled;Secs;Way\n2026-03-01 10:00:00;01632 960001;201;60;in\n;;;;\n"
MAPPED = Mapped(
    columns={
        "started": "When",
        "caller": "From number",
        "called": "Dialled",
        "seconds": "Secs",
        "direction": "Way",
    }
)


def test_every_kind_of_file_gives_its_calls() -> None:
    assert listing.read(FREEPBX.encode(), "Master.csv", Mapped())
    assert listing.read(RECORD, "graph.json", Mapped())[0].call == "c-1"
    (one,) = listing.read(CARRIER.encode(), "carrier.csv", MAPPED)
    assert (one.caller, one.called, one.direction, one.seconds) == ("01632 960001", "201", "inbound", 60)


def test_what_is_no_file_of_calls_gives_none() -> None:
    for data in (b"name,price\nwood,3\n", b'{"colour": "red"}', b"<page>words</page>", b"", b"\x00\xff\x00"):
        assert listing.read(data, "x", Mapped()) == []


def test_samples_of_asterisk_are_read(shared_data: Path) -> None:
    folder = shared_data / "calls" / "cdr"
    good = listing.read((folder / "good.csv").read_bytes(), "good.csv", Mapped(zone="UTC"))
    assert {each.call for each in good} >= {"1231977075.0"}
    events = listing.read((folder / "CELMaster1.csv").read_bytes(), "CELMaster1.csv", Mapped())
    first = next(each for each in events if each.call == "1335310195.0")
    assert first.started == 1_335_310_195_514
    assert first.was_answered
    assert "1335310195.1" in first.legs


@pytest.mark.parametrize(
    "data",
    [
        b"<cdr><variables><digits_dialed>4111111111111111</digits_dialed></variables></cdr>",
        b'{"variables": {"digits_dialed": "123"}}',
        b"started,caller,called,dtmf\n2026-03-01T10:00:00Z,1,2,7\n",
    ],
)
def test_a_file_that_tells_keys_is_known(data: bytes) -> None:
    assert listing.tells_keys(data)


def test_keys_do_not_survive_in_our_own_form() -> None:
    data = b"started,caller,called,dtmf\n2026-03-01T10:00:00Z,01632960001,201,4111222233334444\n"
    accounts = listing.read(data, "x.csv", Mapped())
    own = listing.without_keys(accounts)
    assert b"4111222233334444" not in own
    assert listing.read(own, "x.csv", Mapped()) == accounts
    assert not listing.tells_keys(FREEPBX.encode())


@given(st.binary(max_size=300) | st.text(alphabet='",;\n<>{}[]:0123456789abc', max_size=300).map(str.encode))
def test_no_bytes_end_in_anything_but_calls_or_a_refusal(data: bytes) -> None:
    with contextlib.suppress(MunimentError):
        assert isinstance(listing.read(data, "x", Mapped()), list)
