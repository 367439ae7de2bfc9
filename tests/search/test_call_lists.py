"""A file of call details as the reading child reads it."""

from muniment.capture.statement import CaptureStatement
from muniment.core.row_mapping import RowMapping
from muniment.readers.calls.details import CallList
from muniment.search.call_lists import read_call_list
from muniment.search.reading import Readers, Task
from tests.capture.calls.spool.test_listing import CARRIER, MAPPED


def statement(zone: str = "America/New_York", region: str = "") -> bytes:
    said = CaptureStatement(
        source="carrier", received=1, form="cdr", sha256="", channel="call-detail", mapping=RowMapping(MAPPED.columns, {}, zone, region)
    )  # fmt: skip
    return said.encode()


def test_the_mapping_of_its_statement_counts_even_in_the_shut_child() -> None:
    readers = Readers()
    try:
        (found,) = readers.read([Task(statement(), CARRIER.encode())])
    finally:
        readers.close()
    assert isinstance(found, CallList)
    (call,) = found.calls
    assert call.started == 1_772_377_200_000  # ten in the morning in New York
    assert call.addresses == ("+441632960001", "ext:201")
    assert (call.ended - call.answered, call.was_answered) == (60_000, True)
    assert found.subject == "Call details, 1 call"
    assert {each.address for each in found.parties} == {"+441632960001", "ext:201"}


def test_whatever_it_is_it_stays_a_record() -> None:
    assert read_call_list(b"<!DOCTYPE a [<!ENTITY b 'c'>]><cdr/>", statement()).unreadable
    assert read_call_list(b"x", b"no statement").unreadable
    assert read_call_list(b"nothing", statement()) == CallList()


def test_numbers_are_of_the_country_that_its_statement_names() -> None:
    (call,) = read_call_list(
        CARRIER.replace("01632 960001", "01 677 8888").encode(), statement(region="IE")
    ).calls
    assert call.addresses[0] == "+35316778888"
