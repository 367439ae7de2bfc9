"""What a record of any channel says: a mail, a call, a file of call details. All answer to the same names."""

from muniment.readers.calls.call import Call
from muniment.readers.calls.details import CallList
from muniment.readers.mail import Mail

type Content = Mail | Call | CallList
