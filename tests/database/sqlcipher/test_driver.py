"""What Django expects of its driver: types, placeholders, limits, many parameters."""

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import ClassVar

import pytest
from django.db import connection, models
from django.db.models import Count
from django.db.utils import IntegrityError

from muniment.database.sqlcipher import driver
from muniment.database.sqlcipher.base import DatabaseWrapper

type Connect = Callable[..., DatabaseWrapper]


class Sample(models.Model):
    """One column of each type that needs a converter."""

    text = models.TextField(unique=True)
    day = models.DateField(null=True)
    moment = models.DateTimeField(null=True)
    clock = models.TimeField(null=True)
    amount = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    yes = models.BooleanField(default=False)
    details = models.JSONField(default=dict)

    objects: ClassVar[models.Manager["Sample"]] = models.Manager()

    class Meta:
        app_label = "driver_test"


@pytest.fixture
def table(transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(Sample)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Sample)


def test_values_of_every_type_come_back(table) -> None:
    moment = dt.datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=dt.UTC)
    Sample.objects.create(
        text="é ☃", day=moment.date(), moment=moment, clock=dt.time(1, 2, 3), amount=Decimal("12.30"),
        yes=True, details={"a": [1, None]},
    )  # fmt: skip
    row = Sample.objects.get(day__year=2026, details__a__0=1)
    assert (row.text, row.day, row.moment, row.clock) == ("é ☃", moment.date(), moment, dt.time(1, 2, 3))
    assert (row.amount, row.yes, row.details) == (Decimal("12.30"), True, {"a": [1, None]})


def test_thousands_of_rows_and_of_parameters(table) -> None:
    Sample.objects.bulk_create(Sample(text=f"row {n}") for n in range(5000))
    wanted = [f"row {n}" for n in range(3000)]
    assert Sample.objects.filter(text__in=wanted).count() == 3000
    assert Sample.objects.filter(text__iregex=r"^ROW 12\d$").count() == 10
    assert Sample.objects.aggregate(n=Count("id"))["n"] == 5000


def test_a_broken_rule_is_djangos_own_error(table) -> None:
    Sample.objects.create(text="once")
    with pytest.raises(IntegrityError):
        Sample.objects.create(text="once")


def test_another_thread_sees_the_same_rows(table) -> None:
    Sample.objects.create(text="from the main thread")
    seen: list[int] = []

    def look() -> None:
        seen.append(Sample.objects.count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]


def test_placeholders_by_place_and_by_name(connect: Connect) -> None:
    with connect().cursor() as cursor:
        assert cursor.execute("SELECT %s, '100%%'", ["a"]).fetchone() == ("a", "100%")
        assert cursor.execute("SELECT %(one)s", {"one": 1}).fetchone() == (1,)
        cursor.execute("CREATE TABLE pair (a, b)")
        cursor.executemany("INSERT INTO pair VALUES (%s, %s)", [(n, n) for n in range(3)])
        cursor.executemany("INSERT INTO pair VALUES (%(a)s, %(a)s)", [{"a": 9}])
        assert cursor.execute("SELECT sum(b) FROM pair").fetchone() == (12,)


def test_the_stated_limits_are_those_of_the_build(connect: Connect) -> None:
    with connect().cursor() as cursor:
        options = {row[0] for row in cursor.execute("PRAGMA compile_options")}
    assert f"MAX_VARIABLE_NUMBER={driver.LIMITS[driver.LIMIT_VARIABLES]}" in options
    assert f"MAX_COLUMN={driver.LIMITS[driver.LIMIT_COLUMNS]}" in options
