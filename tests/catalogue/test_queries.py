"""Every statement has a name, a sentence, a use and a plan that does not read whole tables."""

import re
from pathlib import Path

import pytest
from django.db import connection

from muniment.catalogue import queries
from muniment.catalogue.queries import Name, listed, statements

PARAMETER = re.compile(r"%\((\w+)\)s")
WHOLE_TABLES = {Name.TOTALS}


def test_names_and_statements_agree_and_are_in_order() -> None:
    assert {name.value for name in Name} == set(statements())
    assert [name.value for name in Name] == sorted(name.value for name in Name)


def test_each_statement_is_described() -> None:
    for part in queries._FILE.read_text().split("-- name: ")[1:]:
        name, sentence = part.splitlines()[:2]
        assert re.fullmatch(r"-- [A-Z].*", sentence), name


def test_each_statement_is_used() -> None:
    room = Path(queries.__file__).parent
    code = "".join(path.read_text() for path in room.glob("*.py") if path.name != "queries.py")
    unused = [name.name for name in Name if f"Name.{name.name}" not in code]
    assert not unused


@pytest.mark.parametrize("name", list(Name))
def test_each_statement_runs_by_index(db, name: Name) -> None:
    statement = statements()[name]
    parameters = dict.fromkeys(PARAMETER.findall(statement), "[]")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plan = [str(row[3]) for row in cursor.fetchall()]
    scans = [
        step for step in plan if step.startswith("SCAN") and "catalogue_" in step and "INDEX" not in step
    ]
    scans += [
        step
        for step in plan
        if re.match(r"SCAN (record|party|entry|shown|copy|linked|person)\b", step) and "INDEX" not in step
    ]
    assert not scans or name in WHOLE_TABLES, plan


def test_a_list_of_any_length_is_one_parameter(db) -> None:
    values = [f"it's {number} é" for number in range(300_000)]
    with connection.cursor() as cursor:
        (count,) = cursor.execute("SELECT count(*) FROM json_each(%s)", [listed(values)]).fetchone()
    assert count == len(values)
