"""The way of a request in the town, in one line a step: what pages are then asked about."""

from collections.abc import Sequence
from contextlib import contextmanager

from muniment.catalogue import intake
from muniment.core import canonical, ids
from muniment.governance import deciding, drafts, locating, requests, submission
from muniment.governance.statements import ToSign
from muniment.governance.views import DraftView, RequestView
from muniment.people import services
from muniment.people.models import PersonAddress
from muniment.people.roles import Role
from muniment.people.views import PersonView
from muniment.readers.calls.reading import read_call
from muniment.release import opening
from muniment.release.views import MailPage
from muniment.search.client import readable
from muniment.search.librarian.messages import Found
from muniment.vault import client, sealing
from muniment.vault.authority.signing import SignedStatement, to_json
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.messages import Batch, Examined
from muniment.vault.sealing import Document
from tests.governance.house import make_record
from tests.town import Town

STATEMENT = canonical.dumps(
    {
        "type": "muniment/capture/v1",
        "channel": "e-mail",
        "source": "mail server",
        "received": 1_700_000_000,
        "client": "192.0.2.7",
        "transport": "TLS 1.3",
        "envelope": {"from": "eve@example.org", "to": ["sam@example.net"]},
        "sha256": "00" * 32,
        "form": "smtp",
        "origin": "",
    }
)
MAIL = (
    b"From: Eve Example <eve@example.org>\r\nTo: sam@example.net\r\nSubject: Offer\r\n"
    b"Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nX-Odd: <b>odd</b>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
    b'--x\r\nContent-Type: text/html; charset="utf-8"\r\n\r\n'
    b"<p>Hello from the <b>harbour</b></p><script>alert(1)</script>"
    b'<img src="https://tracker.example/p.gif"><form action="https://x.example"></form>\r\n'
    b"--x\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=terms.txt\r\n\r\n"
    b"our terms\r\n--x--\r\n"
)
UNKNOWN = ["when", "extension", "external_number", "parties", "nature"]


def person(town: Town, role: Role) -> PersonView:
    return services.view(town.ours[role].id)


def sign(town: Town, role: Role, shown: ToSign) -> SignedStatement:
    return town.ours[role].sign(shown.statement)


def pasted(town: Town, role: Role, page: str) -> dict[str, str]:
    """What a browser sends back when the command line has signed what a page offers."""
    text = page.partition('data-statement tabindex="0">')[2].partition("</pre>")[0]
    statement = text.replace("&#34;", '"').replace("&amp;", "&").encode()
    return {
        "offer": page.partition('name="offer" value="')[2].partition('"')[0],
        "how": "pasted",
        "pasted": to_json(town.ours[role].sign(statement)).decode(),
    }


def records(town: Town, count: int = 1, *, private: bool = False) -> list[str]:
    """Seal mails and put them in the catalogue."""
    with doors(town) as opened:
        documents = [
            Document(Kind.RECORD, pack_content(STATEMENT, MAIL), id=ids.new_record_id()) for _ in range(count)
        ]
        receipt = opened.capture.seal(sealing.seal_batch(opened.capture.epoch(town.ours.id), documents))
        names = [ids.record_text(document.id) for document in documents if document.id]
        for place, name in enumerate(names):
            make_record(town.ours.id, name, receipt.first + place, private=private)
        if private:
            opened.index.mark_private(town.ours.id, tuple(names), "marking")
    return names


def recording(town: Town, original: bytes, told: bytes) -> str:
    """Seal one recording and put it in the catalogue, as capture and the worker would."""
    with doors(town) as opened:
        document = Document(Kind.RECORD, pack_content(told, original), id=ids.new_record_id())
        receipt = opened.capture.seal(sealing.seal_batch(opened.capture.epoch(town.ours.id), [document]))
    assert document.id
    name, place = ids.record_text(document.id), receipt.first
    entry = Examined(place, 1, name, statement=told, original=original)
    intake.take_in(town.ours.id, Batch(place, place, (entry,)), {name: read_call(original, told)})
    return name


@contextmanager
def doors(town: Town):
    opened = client.doors(town.home)
    try:
        yield opened
    finally:
        opened.close()


class Finder:
    """A librarian whose index holds what the test says; queries are read and the keeper asked as ever."""

    def __init__(self, town: Town, names: Sequence[str], *, page: int = 0) -> None:
        self.town, self.names, self.page = town, tuple(names), page or len(names)

    def locate(
        self, organisation, query, *, warrant, assertion, cursor="", addresses_of=None, **_how
    ) -> Found:
        text = readable(query, addresses_of)
        place = -1
        if not cursor:
            with doors(self.town) as opened:
                place = opened.index.locate(organisation, warrant, assertion, text).first
        start = int(cursor or 0)
        shown = self.names[start : start + self.page]
        after = str(start + self.page) if start + self.page < len(self.names) else ""
        return Found(len(self.names), shown, after, 10**6, text, place)


def monitoring_granted(town: Town, line: str = "201") -> str:
    """The office manager's grant to listen to the calls of an employee's line."""
    employee = town.ours[Role.EMPLOYEE].id
    PersonAddress.objects.get_or_create(
        person_id=employee,
        organisation_id=town.ours.id,
        kind=PersonAddress.Kind.TELEPHONE,
        address=f"ext:{line}",
    )
    actor = person(town, Role.OFFICE_MANAGER)
    begun = drafts.begin(actor, "monitor")
    drafts.change(
        actor, begun.id, purpose="C4", given={"reason": "To coach a new colleague."},
        not_known=UNKNOWN, about=[employee], hours=4,
    )  # fmt: skip
    shown = submission.prepare(actor, begun.id)
    sent = submission.submit(town.desk, actor, begun.id, sign(town, Role.OFFICE_MANAGER, shown))
    director = person(town, Role.DIRECTOR)
    yes = deciding.prepare_approval(town.desk, director, sent.id, "It is needed.")
    return deciding.decide(town.desk, director, sent.id, sign(town, Role.DIRECTOR, yes)).grant


def drafted(town: Town, by: Role = Role.HR, category: str = "business", *, about=(), actions=()) -> DraftView:
    actor = person(town, by)
    begun = drafts.begin(actor, category)
    return drafts.change(
        actor,
        begun.id,
        purpose="K10",
        given={"reason": "To settle a question about an order."},
        not_known=UNKNOWN,
        about=[town.ours[role].id for role in about],
        actions=actions,
    )


def submitted(
    town: Town, by: Role = Role.HR, category: str = "business", *, about=(), actions=()
) -> RequestView:
    written = drafted(town, by, category, about=about, actions=actions)
    actor = person(town, by)
    return submission.submit(
        town.desk, actor, written.id, sign(town, by, submission.prepare(actor, written.id))
    )


def located(town: Town, names: Sequence[str], request: RequestView | None = None) -> RequestView:
    request = request or submitted(town)
    actor = person(town, Role.DATA_CONTROLLER)
    signed = sign(town, Role.DATA_CONTROLLER, locating.prepare(actor, request.id))
    search = locating.searcher(Finder(town, names), actor, "offer")  # type: ignore[arg-type]  # stands in
    locating.locate(search, town.desk, actor, request.id, "offer", signed)
    return locating.choose(town.desk, actor, request.id, names)


def approved(town: Town, request: RequestView, by: Role = Role.DIRECTOR) -> RequestView:
    actor = person(town, by)
    shown = deciding.prepare_approval(town.desk, actor, request.id, "It is needed.")
    return deciding.decide(town.desk, actor, request.id, sign(town, by, shown))


def granted(town: Town, names: Sequence[str]) -> RequestView:
    return approved(town, located(town, names))


def opened(town: Town, grant: str, record: str, action: str = "view", by: Role = Role.HR) -> MailPage:
    actor = person(town, by)
    shown = opening.prepare(actor, grant, [record], action)
    return opening.read_record(town.desk, actor, grant, record, sign(town, by, shown), action=action)


def again(town: Town, request: str, by: Role = Role.HR) -> RequestView:
    return requests.one(person(town, by), request)
