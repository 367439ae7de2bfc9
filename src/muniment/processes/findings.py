"""What `muniment doctor` tells: each finding says what is, and where it is not well, what to do."""

from enum import StrEnum

import msgspec


class State(StrEnum):
    """How a finding stands."""

    WELL = "well"
    ATTENTION = "attention"
    TROUBLE = "trouble"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    subject: str
    state: State
    says: str
    remedy: str = ""
