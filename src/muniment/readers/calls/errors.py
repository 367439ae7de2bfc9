"""The one error of reading a call: its bytes are not what they should be, and why."""

from muniment.core.errors import FaultFoundError


class CallUnreadableError(FaultFoundError):
    """A recording that cannot be read, or not decoded, with the reason. The record is kept all the same."""
