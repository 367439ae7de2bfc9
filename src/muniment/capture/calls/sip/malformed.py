"""The one error that parsers of this channel raise, whatever bytes they are given."""

from muniment.core.errors import WrongUseError


class MalformedError(WrongUseError):
    """Bytes that are not what they claim to be; `status` is the SIP answer that they deserve."""

    def __init__(self, what: str, *, status: int = 400, head: object = None) -> None:
        super().__init__(what)
        self.status = status
        self.head = head
        """The message without its body, where that much could be read: it can be answered."""
