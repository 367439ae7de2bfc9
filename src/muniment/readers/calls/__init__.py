"""Reading a call: what a recording is of, as typed values, and its sound as samples.

`read_call` never raises; what cannot be read stands in `Call.unreadable`. The functions that decode sound
raise `CallUnreadableError` with the reason. Nothing here knows a file, a network or the vault: whoever has
the bytes gives them, whole or as a `Source` that is read where somebody listens.
"""

from muniment.readers.calls.call import Call, CallAddress, length_in_words
from muniment.readers.calls.container import Container
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.hearing import hear
from muniment.readers.calls.reading import is_call, read_call
from muniment.readers.calls.sound import Sound, peaks
from muniment.readers.calls.source import Held, Source

__all__ = [
    "Call",
    "CallAddress",
    "CallUnreadableError",
    "Container",
    "Held",
    "Sound",
    "Source",
    "hear",
    "is_call",
    "length_in_words",
    "peaks",
    "read_call",
]
