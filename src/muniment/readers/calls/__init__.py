"""Reading a call: what a recording is of, as typed values, and its sound as samples.

`reading.read_call` never raises; what cannot be read stands in `Call.unreadable`. What decodes sound
(`hearing`, `audio`) raises `CallUnreadableError` with the reason. Nothing here knows a file, a network or
the vault: whoever has the bytes gives them, whole or as a `Source` that is read where somebody listens.

Only what costs little is imported with this package: samples take numpy and libsndfile, and a process that
lists calls needs neither.
"""

from muniment.readers.calls.call import Call, CallAddress, length_in_words
from muniment.readers.calls.errors import CallUnreadableError

__all__ = ["Call", "CallAddress", "CallUnreadableError", "length_in_words"]
