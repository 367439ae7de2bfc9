"""A list as a CSV file (RFC 4180) in which no cell can act as a spreadsheet's formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.http import StreamingHttpResponse

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet calculate instead of showing (OWASP, CSV injection)."""
MARK: Final = "\ufeff"  # without it a spreadsheet takes UTF-8 for its own old character set


class _Line:
    """What `csv` writes to: gives the line back instead of keeping it."""

    def write(self, text: str) -> str:
        """The same text."""
        return text


def safe(cell: object) -> str:
    """The cell as text that a spreadsheet only shows."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file, line by line."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield MARK + str(writer.writerow(columns))
    for row in rows:
        yield str(writer.writerow([safe(cell) for cell in row]))


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """The file as a download, streamed: a long list needs no memory."""
    return StreamingHttpResponse(
        lines(columns, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
