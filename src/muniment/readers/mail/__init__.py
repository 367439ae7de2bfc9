"""Reading a mail: what a message says, as typed values, whatever state its bytes are in.

`read_mail` never raises. What it repaired stands in `Mail.defects`; what it cannot read at all stands
in `Mail.unreadable`, with the reason.
"""

from muniment.readers.mail.message import Attachment, Mail, Party
from muniment.readers.mail.page import safe_html
from muniment.readers.mail.reading import attachment_bytes, html_body, read_mail
from muniment.readers.mail.recognition import reason_unreadable

__all__ = [
    "Attachment",
    "Mail",
    "Party",
    "attachment_bytes",
    "html_body",
    "read_mail",
    "reason_unreadable",
    "safe_html",
]
