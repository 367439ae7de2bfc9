"""May a record be destroyed? The order of precedence: the first row that matches decides.

Numbers are those of the design's table; the rows 0a, 2 and 3 (declined calls, statutory minimum,
restriction) come with the parts that make their states.

0. A stretch with card data, which nobody may keep (PCI DSS, requirement 3.3.1): it is taken out now where
   nothing holds the record. Where a hold stands it is silent for everybody until the hold is released.
1. A hold stands: never. The erasure is queued until it is released.
4. An erasure was decided, by two persons: yes, and it beats company retention.
5. The time for which native sound is kept is over, and two persons decided so: another form of it is kept
   (`[calls] native_days`), and the native one goes.
6. Otherwise: keep.

Source: UK GDPR Article 17(1) and 17(3)(e).
"""

from enum import StrEnum

import msgspec


class Rule(StrEnum):
    """The row of the table that decided; it stands in the ledger and on the certificate."""

    CARD_DATA = "0"
    ERASURE_UPHELD = "4"
    HELD = "1"
    KEEP = "6"
    TIME_OVER = "5"


class Ruling(msgspec.Struct, frozen=True):
    """Whether a record may be destroyed, by which row, in words."""

    destroy: bool
    rule: Rule
    words: str


def may_excise(*, held: bool, upheld: bool) -> Ruling:
    """Apply the table to stretches of one recording. `upheld`: a decision signed by two is in force."""
    if held:
        return Ruling(
            destroy=False,
            rule=Rule.HELD,
            words="A hold forbids that anything of it is destroyed; the stretches are silent for everybody.",
        )
    if upheld:
        return Ruling(
            destroy=True,
            rule=Rule.CARD_DATA,
            words="Two persons decided that these stretches may not be kept; nothing holds the record.",
        )
    return Ruling(destroy=False, rule=Rule.KEEP, words="Nobody decided to take anything out, so it is kept.")


def may_compress(*, held: bool, upheld: bool) -> Ruling:
    """Apply the table to the native form of a recording. `upheld`: a decision signed by two is in force."""
    if held:
        return Ruling(destroy=False, rule=Rule.HELD, words="A hold forbids that the native sound goes.")
    if upheld:
        return Ruling(
            destroy=True,
            rule=Rule.TIME_OVER,
            words="The time for which native sound is kept is over, and two persons decided that it is kept as Opus.",
        )
    return Ruling(destroy=False, rule=Rule.KEEP, words="Nobody decided to keep another form, so it is kept.")


def may_destroy(*, held: bool, upheld: bool) -> Ruling:
    """Apply the table to one record. `upheld`: a decision to erase it, signed by two, is in force."""
    if held:
        return Ruling(
            destroy=False, rule=Rule.HELD, words="A hold forbids its destruction, whatever else was decided."
        )
    if upheld:
        return Ruling(
            destroy=True, rule=Rule.ERASURE_UPHELD, words="Two persons decided to erase it; nothing holds it."
        )
    return Ruling(destroy=False, rule=Rule.KEEP, words="Nobody decided to erase it, so it is kept.")
