"""What a record of any channel says: a mail or a call. Both answer to the names that lists and dates need."""

from muniment.readers.calls.call import Call
from muniment.readers.mail import Mail

type Content = Mail | Call
