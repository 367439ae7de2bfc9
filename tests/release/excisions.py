"""What people do to take stretches out of a recording, in one line each."""

from collections.abc import Sequence

from muniment.capture.statement import Form
from muniment.catalogue import intake
from muniment.governance.views import RequestView
from muniment.readers.calls.reading import read_call
from muniment.release import excising
from muniment.release.sound.messages import Covered
from muniment.release.views import CertificateView
from muniment.vault.client import IndexDoor
from muniment.vault.messages import Batch
from tests.governance.house import House
from tests.readers.calls.samples import Packet, a_call, the_facts
from tests.readers.calls.test_reading import statement
from tests.release.conduct import opened
from tests.release.test_calls import kept

SPANS = (Covered(1000, 2000, None, beep=False),)
REASON = "The caller read out the security code."
SECRET = bytes(range(0x41, 0x41 + 16)) * 10
"""A payload that stands for spoken card data: one packet of G.711."""

_places: dict[str, int] = {}


def spoken(number: int, packets: list[Packet]) -> list[Packet]:
    """The packets of a stream, with the secret said from 1.2 to 1.8 s by both."""
    return [
        Packet(
            one.arrival, one.timestamp, one.sequence, SECRET if 1200 <= one.arrival < 1800 else one.payload
        )
        for one in packets
    ]


def a_call_with_card_data(house: House) -> str:
    """A sealed and catalogued call of 4 s in which the secret was said."""
    facts = the_facts(4)
    return kept(house, a_call(4, change=spoken, facts=facts), statement("siprec", facts=facts))


def a_file(house: House, data: bytes, name: str, form: Form = "audio") -> str:
    """A sealed and catalogued recording in a file."""
    return kept(house, data, statement(form, origin=name, facts=the_facts(4)))


def a_vcon(house: House, data: bytes) -> str:
    """A sealed and catalogued vCon, as it comes in."""
    said = statement("vcon", origin="a.vcon.json", facts=None)
    return kept(house, data, said)


def heard_by_controller(house: House, record: str) -> str:
    """The token of an opening in which the Data Controller listens."""
    request = house.located(house.submitted("cora", "dsar", purpose="L1"), [record])
    return opened(house, "cora", house.approve("cora", request).grant, record, "listen").token


def asked(house: House, token: str, record: str, spans: Sequence[Covered] = SPANS) -> RequestView:
    """The Data Controller asks to take stretches out."""
    cora = house.person("cora")
    draft, text = excising.propose(house.desk, cora, token, spans, REASON)
    return excising.submit(house.desk, cora, token, draft, house.sign("cora", text))


def decided(house: House, record: str, spans: Sequence[Covered] = SPANS) -> str:
    """The grant, once two persons have signed."""
    request = asked(house, heard_by_controller(house, record), record, spans)
    house.approve("cora", request, beside=[house.id("dora")])
    return house.approve("dora", request).grant


def carried_out(house: House, grant: str, record: str) -> CertificateView:
    """The holder takes them out."""
    cora = house.person("cora")
    text = excising.prepare(house.desk, cora, grant, record)
    return excising.carry_out(
        house.desk, house.estate.doors.capture, cora, grant, record, house.sign("cora", text)
    )


def catalogued(house: House) -> None:
    """Bring the catalogue up to the ledger, as the worker does."""
    followed(house.estate.doors.index, house.organisation)


def followed(index: IndexDoor, organisation: str) -> None:
    """The same by a door, from where it stopped before: each record is opened once, whatever a test rolls back."""
    after = _places.get(organisation, -1)
    while True:
        batch: Batch = index.next_batch(organisation, analyser="a", after=after, limit=500)
        if batch.last < 0 or batch.last == after:
            return
        read = {
            entry.record: read_call(entry.original, entry.statement)
            for entry in batch.entries
            if intake.is_record(entry) and intake.statement_of(entry).channel == "call"
        }
        known = intake.held(organisation, list(read))
        fresh = {name: call for name, call in read.items() if name not in known}
        intake.take_in(organisation, batch, fresh)
        after = _places[organisation] = batch.last
