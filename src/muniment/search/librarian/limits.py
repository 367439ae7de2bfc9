"""How much may be asked under one warrant: an index that answers only ids still gives up sentences.

In a trial 193 phrase queries gave up a sentence of a mail that nobody had opened. So each warrant has
a budget for a day, in which a phrase weighs more than a word; what a warrant spent is kept sealed
beside the index, so that a restart does not give it back.
"""

from pathlib import Path

import msgspec

from muniment.core.errors import RefusedError
from muniment.search.index import sealed
from muniment.search.language.syntax import Form, Near, Node, Party, Words, leaves

BUDGET = 300  # points for a warrant and day
DAY = 86_400  # seconds
WORD_POINTS, PHRASE_POINTS = 1, 2


class Spent(msgspec.Struct, frozen=True):
    """What was spent under one warrant since `since` (seconds)."""

    since: int
    points: int


class Budgets:
    """The budgets of one organisation's warrants. `path` is a sealed file."""

    def __init__(self, path: Path, key: bytes, budget: int = BUDGET) -> None:
        self._path, self._key, self._budget = path, key, budget
        self._spent: dict[str, Spent] = {}
        if path.exists():
            self._spent = msgspec.msgpack.decode(sealed.read(path, key), type=dict[str, Spent])

    def spend(self, warrant: str, node: Node, now: int) -> None:
        """Count a query before it is answered; RefusedError when the warrant's day is used up."""
        before = self._spent.get(warrant, Spent(now, 0))
        if now - before.since >= DAY:
            before = Spent(now, 0)
        points = before.points + cost(node)
        if points > self._budget:
            raise RefusedError(
                "This warrant has used up its searches for today.",
                why="Many small searches give away what a record says without opening it.",
                remedy="Go on tomorrow, or ask for the records that you have found.",
            )
        self._spent = {name: spent for name, spent in self._spent.items() if now - spent.since < DAY}
        self._spent[warrant] = Spent(before.since, points)
        sealed.write(self._path, self._key, [msgspec.msgpack.encode(self._spent)])


def cost(node: Node) -> int:
    """The points of a query: one, and more for what could spell out a text."""
    points = WORD_POINTS
    for leaf in leaves(node):
        match leaf:
            case Words(form=Form.WORD) | Party():
                continue
            case Words() | Near():
                points += PHRASE_POINTS
            case _:
                continue
    return points
