"""What a request to listen to calls in progress says besides: on whose lines, and for how many hours.

Its lines are those that are written down and those that are registered for the persons whom it is about.
Somebody must be named: whoever is listened to must have been told that this may happen (`staff_notice`).
"""

from collections.abc import Collection
from typing import Final

from muniment.core.errors import WrongUseError
from muniment.core.lines import is_line, lines_in
from muniment.governance import staff_notice
from muniment.governance.matrix import LONGEST_GRANT_DAYS
from muniment.governance.words import listing
from muniment.people import services as people
from muniment.vault.authority.floor import MOST_LINES

NOT_SAID: Final = ("external_number", "nature", "parties", "when")
"""Fields that are about a call that has been: here they are not known."""
CHOICES: Final = (1, 4, 8, 24, 24 * 7, 24 * LONGEST_GRANT_DAYS)
"""Hours that the page offers."""


def hours(wanted: int) -> int:
    """The hours of a request as they may stand; WrongUseError for none, or more than a grant may last."""
    if not 0 <= wanted <= 24 * LONGEST_GRANT_DAYS:
        raise WrongUseError(f"Calls in progress are listened to for 1 to {24 * LONGEST_GRANT_DAYS} hours.")
    return wanted


def lines(organisation: str, about: Collection[str], written: str) -> tuple[str, ...]:
    """The lines of a request; WrongUseError where it names nobody, no line, or too many."""
    if not about:
        raise WrongUseError("The request is not complete.", why="It names nobody whose line it is.")
    found = {
        *lines_in(written),
        *(
            address
            for person in people.persons(organisation)
            if person.id in about
            for address in person.addresses
            if is_line(address)
        ),
    }
    if not 0 < len(found) <= MOST_LINES:
        raise WrongUseError(
            "The request is not complete.",
            why=f"It must name from 1 to {MOST_LINES} lines; it names {len(found)}.",
            remedy="Write the extension or the number, such as 201 or +44 1632 960111.",
        )
    unnamed = [person.name for person in staff_notice.on_lines(organisation, found) if person.id not in about]
    if unnamed:
        raise WrongUseError(
            "The request is not complete.",
            why=f"A line that it names is that of {listing(unnamed)}, whom it does not name.",
            remedy="Name everybody whose calls would be heard, so that none of them decides.",
        )
    return tuple(sorted(found))
