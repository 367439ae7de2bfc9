"""Which entry has an identifier: a table of numbers that takes eight to sixteen bytes for each.

A dictionary of the identifiers takes two hundred, more than all else that is kept of an entry in memory. Here
the identifiers stay where they are; the table holds, at the place that an identifier's hash gives or the next
free one after it, the number of the entry that has it. It is never more than two thirds full, and a larger one
is filled little by little, so that no commit ever waits for all of them.
"""

from array import array
from collections.abc import Callable
from threading import Lock

SMALLEST = 64
MOVED_AT_ONCE = 8


class IdTable:
    """Numbers 0, 1, 2 … by their identifiers, which `read` gives. Of two that are the same the first is found.

    One thread may grow it while others look.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._growing = Lock()
        self._count = self._moved = 0
        self._table = array("I")
        self._larger = array("I")

    @property
    def count(self) -> int:
        """How many it knows."""
        return self._count

    def grow(self, count: int) -> None:
        """Take in all numbers below `count`."""
        if count == self._count:
            return
        with self._growing:
            if count > self._count * 2:
                self._begin(count)
            for number in range(self._count, count):
                self._insert(self._table, number)
                self._count = number + 1
                if self._larger or self._count * 2 > len(self._table):
                    self._move()

    def find(self, identifier: bytes) -> int | None:
        """The number that has an identifier, or None."""
        table = self._table
        if not table:
            return None
        mask = len(table) - 1
        place = hash(identifier) & mask
        while number := table[place]:
            if self._read(number - 1) == identifier:
                return number - 1
            place = (place + 1) & mask
        return None

    def _begin(self, count: int) -> None:
        """A new table for so many at once."""
        table = array("I", bytes(4 * max(SMALLEST, 1 << (count * 2 - 1).bit_length())))
        for number in range(count):
            self._insert(table, number)
        self._table, self._larger, self._count = table, array("I"), count

    def _move(self) -> None:
        """Fill the larger table a little more; once it has all, it takes the other's place."""
        if not self._larger:
            self._larger, self._moved = array("I", bytes(8 * len(self._table))), 0
        end = min(self._count, self._moved + MOVED_AT_ONCE)
        for number in range(self._moved, end):
            self._insert(self._larger, number)
        self._moved = end
        if end == self._count:
            self._table, self._larger = self._larger, array("I")

    def _insert(self, table: "array[int]", number: int) -> None:
        mask = len(table) - 1
        place = hash(self._read(number)) & mask
        while table[place]:
            place = (place + 1) & mask
        table[place] = number + 1
