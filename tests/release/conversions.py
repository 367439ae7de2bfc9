"""What people do to have old recordings kept as Opus, in one line each."""

from collections.abc import Sequence

from muniment.governance.views import RequestView
from muniment.release import compressing
from muniment.release.models import Conversion
from tests.governance.house import House
from tests.readers.calls.samples import a_call, the_facts
from tests.readers.calls.test_reading import statement
from tests.release.test_calls import kept

DAYS = 30
REASON = "They are older than our rule says."


def a_recorded_call(house: House, seconds: int = 3, **facts: object) -> str:
    """A sealed and catalogued call from the wire; it came in in 2023."""
    known = the_facts(seconds, **facts)
    return kept(house, a_call(seconds, facts=known), statement("siprec", facts=known))


def rules(house: House) -> dict[str, int]:
    """The house keeps native sound for a month."""
    return {house.organisation: DAYS}


def asked(house: House) -> RequestView:
    """The Data Controller asks for what is due."""
    cora = house.person("cora")
    draft, text = compressing.propose(cora, rules(house), REASON)
    return compressing.submit(house.desk, cora, draft, house.sign("cora", text))


def decided(house: House) -> str:
    """The grant, once two persons have signed."""
    request = asked(house)
    house.approve("cora", request, beside=[house.id("dora")])
    return house.approve("dora", request).grant


def ordered(house: House, grant: str) -> None:
    """The holder signs for the next recordings."""
    cora = house.person("cora")
    text = compressing.prepare(house.desk, cora, grant)
    assert text is not None
    compressing.order(house.desk, cora, grant, house.sign("cora", text))


def carried_out(house: House, grant: str) -> int:
    """The holder signs, and the worker does it."""
    ordered(house, grant)
    return compressing.run_waiting(house.desk, house.estate.doors.capture)


def conversions(records: Sequence[str]) -> dict[str, Conversion]:
    """The newest row of each."""
    return {row.record: row for row in Conversion.objects.filter(record__in=records).order_by("pk")}
