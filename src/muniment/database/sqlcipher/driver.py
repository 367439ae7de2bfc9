"""sqlcipher3 made to look like the standard library's `sqlite3` where Django expects that.

It registers Django's converters again (they are kept by each module for itself), and gives the
connection a `getlimit`, which sqlcipher3 lacks.
"""

import datetime
import decimal
from collections.abc import Callable, Iterable, Mapping
from itertools import tee
from typing import Any

from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2

LIMIT_COLUMNS = 2  # SQLITE_LIMIT_COLUMN
LIMIT_VARIABLES = 9  # SQLITE_LIMIT_VARIABLE_NUMBER
# What the sqlcipher3 wheel is compiled with (PRAGMA compile_options).
LIMITS = {LIMIT_COLUMNS: 2000, LIMIT_VARIABLES: 250_000}


class Connection(dbapi2.Connection):  # type: ignore[misc]  # sqlcipher3 has no types
    """A connection that knows the limits of its build."""

    def getlimit(self, category: int) -> int:
        """What `sqlite3.Connection.getlimit` would answer for `category`."""
        return LIMITS[category]


class Cursor(dbapi2.Cursor):  # type: ignore[misc]  # sqlcipher3 has no types
    """Django writes `%s`, SQLite reads `?`: the same change as Django's own cursor makes."""

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, Mapping) else None
        return super().execute(_converted(self, query, names), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        """Run one statement for each row of parameters."""
        first, rows = tee(iter(param_list))
        params = next(first, None)
        names = list(params) if isinstance(params, Mapping) else None
        return super().executemany(_converted(self, query, names), rows)


def _converted(cursor: Cursor, query: str, names: list[Any] | None) -> str:
    converted: str = SQLiteCursorWrapper.convert_query(cursor, query, param_names=names)
    return converted


def _text(parse: Callable[[str], Any]) -> Callable[[bytes], Any]:
    return lambda stored: parse(stored.decode())


def register_types() -> None:
    """Teach sqlcipher3 how Django stores dates, decimals and truth values."""
    dbapi2.register_converter("bool", b"1".__eq__)
    dbapi2.register_converter("date", _text(parse_date))
    dbapi2.register_converter("time", _text(parse_time))
    dbapi2.register_converter("datetime", _text(parse_datetime))
    dbapi2.register_converter("timestamp", _text(parse_datetime))
    dbapi2.register_adapter(decimal.Decimal, str)
    dbapi2.register_adapter(datetime.date, datetime.date.isoformat)
    dbapi2.register_adapter(datetime.datetime, lambda moment: moment.isoformat(" "))


register_types()
