"""Mails and a firm whose keeper, librarian desk and catalogue are real, for the tests of finding."""

import base64
import quopri
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from msgspec import UNSET

from muniment.capture.statement import CaptureStatement, Channel, Form, digest
from muniment.core import canonical, ids
from muniment.core.call_facts import CallFacts
from muniment.core.ids import Prefix
from muniment.search import follow
from muniment.search.follow import Followed
from muniment.search.index.document import IndexDocument, IndexParty
from muniment.search.index.organisation import OrganisationIndex
from muniment.search.librarian import messages
from muniment.search.librarian.desk import Desk
from muniment.search.reading import Readers
from muniment.vault import messages as ask
from muniment.vault import sealing
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import Action
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.sealing import Document
from tests.vault.firm import Firm

KEY = bytes(range(32))
RECEIVED = 1_767_225_600  # 1 January 2026, UTC


def mail(
    subject: str = "Price list",
    text: str = "The parcel was refunded.",
    *,
    by: str = "Ann Lee <ann@example.com>",
    to: str = "Bob Roe <bob@supplier.co.uk>",
    date: str = "Mon, 05 Jan 2026 10:00:00 +0000",
    attachment: str = "",
    **headers: str,
) -> bytes:
    """A mail as bytes; further headers by name, with underscores for hyphens."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = by, to, subject, date
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if attachment:
        message.add_attachment(b"1,2,3", maintype="text", subtype="csv", filename=attachment)
    return message.as_bytes()


def document(sequence: int, text: str = "", **changes: object) -> IndexDocument:
    """A document of the index, save what is changed."""
    fields: dict[str, object] = {
        "sequence": sequence,
        "record": ids.new(Prefix.RECORD),
        "moment": RECEIVED + sequence,
        "channel": "e-mail",
        "size": 1000,
        "access": 0,
        "parties": (
            IndexParty("from", "ann@example.com", "Ann Lee"),
            IndexParty("to", "bob@mail.supplier.co.uk", "Bob Roe"),
        ),
        "subject": "Price list",
        "text": text,
        "filenames": (),
        "markings": (),
        "attachments": 0,
    }
    return IndexDocument(**{**fields, **changes})  # type: ignore[arg-type]


def index_at(path: Path, memory: str = "memory", key: bytes = KEY) -> OrganisationIndex:
    """An index whose sealed files lie under `path`/sealed."""
    return OrganisationIndex(path / "sealed", path / memory, key)


def every_byte(path: Path) -> bytes:
    """All files under a directory, one after another, with their names."""
    found = (each for each in sorted(path.rglob("*")) if each.is_file())
    return b"".join(str(each).encode() + each.read_bytes() for each in found)


def readable_forms(word: str) -> list[bytes]:
    """How a word could stand in a file, in any common encoding; for words of twelve letters and more."""
    plain = word.encode()
    shifted = [base64.b64encode(b"\0" * shift + plain)[4:-4] for shift in range(3)]
    return [
        plain,
        plain.upper(),
        word.encode("utf-16-le"),
        word.encode("utf-16-be"),
        plain.hex().encode(),
        quopri.encodestring(plain),
        *shifted,
    ]


class Direct:
    """A keeper's door and the librarian's intake door, called in this process; may fail on demand."""

    def __init__(self, firm: Firm, desk: Desk) -> None:
        self.firm, self.desk = firm, desk

    def next_batch(
        self, organisation: str, purpose: str = "index", *, analyser: str, after: int, limit: int
    ) -> ask.Batch:
        batch = self.firm.do(ask.NextBatch(organisation, purpose, analyser, after, limit))
        assert isinstance(batch, ask.Batch)
        return batch

    def mark_private(self, organisation: str, records: tuple[str, ...], rule: str) -> ask.Receipt:
        receipt = self.firm.do(ask.MarkPrivate(organisation, records, rule))
        assert isinstance(receipt, ask.Receipt)
        return receipt

    def locate(self, organisation: str, warrant: str, assertion: SignedStatement, query: str) -> ask.Receipt:
        receipt = self.firm.do(ask.Locate(organisation, warrant, assertion, query))
        assert isinstance(receipt, ask.Receipt)
        return receipt

    def state(self, organisation: str) -> messages.IndexState:
        return self.desk.answer_intake(messages.AskState(organisation))  # type: ignore[return-value]

    def take(
        self,
        organisation: str,
        documents: Sequence[IndexDocument],
        *,
        erased: tuple[int, ...],
        freed: tuple[int, ...] = (),
        watermark: int,
    ):
        request = messages.Take(
            organisation, documents=tuple(documents), erased=erased, freed=freed, watermark=watermark
        )
        return self.desk.answer_intake(request)

    def clear(self, organisation: str) -> messages.IndexState:
        return self.desk.answer_intake(messages.Clear(organisation))  # type: ignore[return-value]


class Finding:
    """A firm with a librarian's desk, whose ledger can be followed step by step."""

    def __init__(self, firm: Firm, path: Path) -> None:
        self.firm, self.path = firm, path
        self.readers = Readers()
        self.restart_librarian()

    @property
    def organisation(self) -> str:
        return self.firm.organisation

    def restart_librarian(self) -> None:
        """A new desk on the same sealed files, as after a crash: nothing of the old memory is used."""
        self.memory = self.path / f"memory-{ids.new(Prefix.KEY)}"
        self.desk = Desk(
            self.firm.home, self.memory, self.firm.keyring.librarian_keys().index, self._warden()
        )
        self.doors = Direct(self.firm, self.desk)

    def _warden(self) -> Direct:
        return Direct(self.firm, None)  # type: ignore[arg-type]  # only `locate` is asked of it

    def seal(self, *originals: bytes, received: int = RECEIVED, **facts: object) -> list[str]:
        """Seal mails with a capture statement, to which `facts` are added; gives their ids."""
        told = statement(received, **facts)
        documents = [
            Document(Kind.RECORD, pack_content(told, original), id=ids.new_record_id())
            for original in originals
        ]
        epoch = self.firm.keyring.current_epoch(self.organisation)
        self.firm.do(ask.Seal(self.organisation, sealing.seal_batch(epoch, documents)))
        return [ids.record_text(each.id) for each in documents if each.id]

    def seal_call(
        self,
        original: bytes,
        form: Form = "audio",
        channel: Channel = "call",
        facts: CallFacts | None = None,
        origin: str = "a.wav",
    ) -> str:
        """Seal one recording with a capture statement that knows `facts`; gives its id."""
        told = CaptureStatement(
            source="pbx",
            received=RECEIVED,
            form=form,
            sha256=digest(original),
            channel=channel,
            origin=origin,
            call=facts or UNSET,
        ).encode()
        document = Document(Kind.RECORD, pack_content(told, original), id=ids.new_record_id())
        epoch = self.firm.keyring.current_epoch(self.organisation)
        self.firm.do(ask.Seal(self.organisation, sealing.seal_batch(epoch, [document])))
        assert document.id
        return ids.record_text(document.id)

    def follow(self, limit: int = 500, step: Callable[[str], None] = lambda _: None) -> Followed:
        """One step of the worker."""
        return follow.follow(self.organisation, self.doors, self.doors, self.readers, limit=limit, step=step)

    def follow_all(self, limit: int = 500) -> list[Followed]:
        """Steps until there is nothing to do."""
        steps = []
        while not (done := self.follow(limit)).idle:
            steps.append(done)
        return steps

    def locate_warrant(self, **changes: object) -> str:
        """A locate warrant for the Data Controller, approved by the director."""
        text = self.firm.warrant([], actions=[Action.LOCATE], holder=self.firm.controller.id, **changes)
        return self.firm.admit(text, [])

    def assertion(self, warrant: str) -> SignedStatement:
        """The Data Controller's word that they now search."""
        return self.firm.assertion(warrant, [], self.firm.controller, action=Action.LOCATE)

    def locate(
        self, query: str, warrant: str = "", *, assertion: SignedStatement | None = None, **fields: object
    ) -> messages.Found:
        """Search as the Data Controller under a locate warrant."""
        warrant = warrant or self.locate_warrant()
        request = messages.Locate(
            self.organisation,
            query=query,
            warrant=warrant,
            assertion=assertion or self.assertion(warrant),
            **fields,  # type: ignore[arg-type]
        )
        found = self.desk.answer_query(request)
        assert isinstance(found, messages.Found)
        return found


def statement(received: int = RECEIVED, **facts: object) -> bytes:
    """A capture statement as the SMTP sink writes it."""
    return canonical.dumps(
        {
            "type": "muniment/capture/v1",
            "channel": "e-mail",
            "source": "journal",
            "received": received,
            "client": "192.0.2.1",
            "transport": "TLSv1.3",
            "envelope": {"from": "", "to": ["bob@supplier.co.uk"]},
            "sha256": "",
            "form": "smtp",
            "origin": "",
            **facts,  # type: ignore[dict-item]  # JSON, as the test wrote it
        }
    )


@contextmanager
def finding_at(firm: Firm, path: Path) -> Iterator[Finding]:
    """A firm that can be searched; ends its readers afterwards."""
    made = Finding(firm, path)
    try:
        yield made
    finally:
        made.readers.close()
        made.desk.close()
