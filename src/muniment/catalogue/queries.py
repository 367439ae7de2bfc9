"""The named statements of `queries.sql`, and the three ways of running them."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec
from django.db import connection

type Value = str | int | None
type Parameters = Mapping[str, Value]

_FILE = Path(__file__).with_name("queries.sql")


class Name(StrEnum):
    """Each statement of the file, in alphabetical order."""

    ADD_ATTACHMENT = "add_attachment"
    ADD_CALL = "add_call"
    ADD_ENTRY = "add_entry"
    ADD_EXPECTED = "add_expected"
    ADD_PARTY = "add_party"
    ADD_RECORD = "add_record"
    ADDRESSES_OF_PERSON = "addresses_of_person"
    ATTACHMENTS_BY_RECORD = "attachments_by_record"
    CALL_SOURCES = "call_sources"
    CALLS_BY_RECORD = "calls_by_record"
    CALLS_LEFT_OVER = "calls_left_over"
    CALLS_UNITED = "calls_united"
    COPIES_BY_RECORD = "copies_by_record"
    COUNT_OF_ADDRESSES = "count_of_addresses"
    DECLINED_IN = "declined_in"
    ENTRIES = "entries"
    ENTRIES_ABOUT = "entries_about"
    ERASE_ATTACHMENTS = "erase_attachments"
    ERASE_CALL = "erase_call"
    ERASE_EXPECTED = "erase_expected"
    ERASE_PARTIES = "erase_parties"
    ERASE_RECORD = "erase_record"
    EXPECTED_IN = "expected_in"
    FORGET_ATTACHMENTS = "forget_attachments"
    FORGET_CALLS = "forget_calls"
    FORGET_EMPTY_THREADS = "forget_empty_threads"
    FORGET_ENTRIES = "forget_entries"
    FORGET_EXPECTED = "forget_expected"
    FORGET_PARTIES = "forget_parties"
    FORGET_RECORDS = "forget_records"
    FORGET_THREADS = "forget_threads"
    FORGET_WATERMARK = "forget_watermark"
    FREE_MATCHED = "free_matched"
    FREED_OF = "freed_of"
    JOIN_THREAD = "join_thread"
    KNOWN_RECORDS = "known_records"
    MERGE_MESSAGES = "merge_messages"
    MERGE_RECORDS = "merge_records"
    NEWEST_EXPECTED = "newest_expected"
    NOTICES_IN = "notices_in"
    PARTIES_BY_RECORD = "parties_by_record"
    PLACES_OF = "places_of"
    RECORDED_IN = "recorded_in"
    RECORDS_BY_ID = "records_by_id"
    RECORDS_OF_ADDRESSES = "records_of_addresses"
    RECORDS_OF_THREAD = "records_of_thread"
    SET_APART_BY_DOMAIN = "set_apart_by_domain"
    SET_APART_IN = "set_apart_in"
    SET_APART_TOTAL = "set_apart_total"
    SET_WATERMARK = "set_watermark"
    SOURCES = "sources"
    THREADS_OF = "threads_of"
    TOTALS = "totals"
    WATERMARK = "watermark"


@cache
def statements() -> Mapping[str, str]:
    """Every statement by its name, without its sentence."""
    found: dict[str, str] = {}
    for part in _FILE.read_text().split("-- name: ")[1:]:
        name, _, rest = part.partition("\n")
        lines = [line for line in rest.splitlines() if not line.startswith("--")]
        found[name.strip()] = "\n".join(lines).strip().rstrip(";")
    return found


def rows(name: Name, parameters: Parameters) -> list[tuple[object, ...]]:
    """Every row that the statement gives."""
    with connection.cursor() as cursor:
        cursor.execute(statements()[name], parameters)
        return list(cursor.fetchall())


def run(name: Name, parameters: Parameters) -> None:
    """Run a statement that gives no rows."""
    with connection.cursor() as cursor:
        cursor.execute(statements()[name], parameters)


def run_many(name: Name, parameters: Sequence[Parameters]) -> None:
    """Run a statement once for each of `parameters`: the hot path."""
    if parameters:
        with connection.cursor() as cursor:
            cursor.executemany(statements()[name], parameters)


def listed(values: Iterable[str]) -> str:
    """A list as one parameter: SQLite opens it with json_each, whatever its length."""
    return msgspec.json.encode(list(values)).decode()
