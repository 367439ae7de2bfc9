"""Every route × every role × another organisation × nobody, complete by construction."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from muniment.api.urls import api
from muniment.core import clock
from muniment.governance import delegations, drafts, holds
from muniment.people import services as people
from muniment.release.models import Certificate
from tests.api.access_table import COLUMNS, TABLE
from tests.api.conftest import Call
from tests.governance.house import House
from tests.governance.test_monitored import granted as monitoring_granted
from tests.governance.test_monitored import line_of
from tests.release.conduct import erased, opened
from tests.release.excisions import a_call_with_card_data, decided, heard_by_controller
from tests.release.test_monitoring import CALL, Recorder, begin

SIGNED = {
    "statement": "e30",
    "person": "per_x",
    "key": "key_x",
    "kind": "ed25519",
    "signature": "AAAA",
}


def routes() -> dict[str, str]:
    """Every operation of the API, as `METHOD path`."""
    paths = api.get_openapi_schema()["paths"]
    found = {
        f"{method.upper()} {path.removeprefix('/api/v1')}": path
        for path, item in paths.items()
        for method in item
    }
    return {**found, "GET /openapi.json": ""}


class World:
    """One house in which there is something of everything, and the ids of it."""

    def __init__(self, house: House) -> None:
        records = house.records(3)
        published = publish_policy(house, subject="handbook", must_accept=False)
        self.names = {"number": str(published), "part": "1", "call": "call_1"}
        hana = house.person("hana")
        self.names["draft"] = drafts.begin(hana, "business").id
        granted = house.granted(records[:1])
        self.names["req"] = house.located(house.submitted(about=["eve"]), records[:2]).id
        self.names["locating"] = house.submitted().id
        self.names["case"] = granted.case
        self.names["grant"] = granted.grant
        self.names["token"] = opened(house, "hana", granted.grant, records[0]).token
        self.names["hold"] = holds.place(house.desk, house.person("ines"), records[1:2], "A claim.").id
        now = clock.now()
        self.names["delegation"] = delegations.delegate(
            house.desk,
            house.person("cora"),
            house.id("dan"),
            ["dsar"],
            begins=now,
            ends=now + timedelta(days=7),
            reason="Leave.",
        ).id
        self.lent = {
            "person": house.id("dan"),
            "classes": ["police"],
            "begins": now.isoformat(),
            "ends": (now + timedelta(days=7)).isoformat(),
            "reason": "Leave.",
        }
        erasing = house.erasure_granted(records[2:])
        erased(house, erasing.grant, records[2])
        self.names["certificate"] = Certificate.objects.get(record=records[2]).pk
        self.records = records
        line_of(house, "eve", "201")
        self.names["lines"] = monitoring_granted(house, "max").grant
        self.names["monitored"] = begin(house, Recorder(), self.names["lines"], by="max").token
        self.names["record"] = a_call_with_card_data(house)
        self.names["heard"] = heard_by_controller(house, self.names["record"])
        self.names["excising"] = decided(house, self.names["record"])

    def body(self, route: str) -> object:
        bodies: Mapping[str, object] = {
            "POST /delegations": self.lent,
            "POST /calls/{call}/page": {"page": "https://shop.example/pay"},
            "POST /calls/{call}/pause": {"why": "card data"},
            "POST /calls/{call}/resume": {"why": "card data said"},
            "POST /drafts": {"category": "business"},
            "PATCH /drafts/{draft}": {"specifics": "More."},
            "POST /policies/{number}/acceptance": {"sha256": "00"},
            "POST /requests/{req}/searches": {"query": "offer", "assertion": SIGNED},
            "POST /requests/{req}/records": {"records": self.records[:1]},
            "POST /requests/{req}/approval-statement": {"reason": "Needed."},
            "POST /requests/{req}/refusal-statement": {"reason": "Not needed."},
            "POST /requests/{req}/consultations": {"view": "No objection."},
            "POST /cases/{case}/closure": {"outcome": "Settled."},
            "POST /grants/{grant}/revocation-statement": {"reason": "Over."},
            "POST /grants/{grant}/opening-statement": {"records": self.records[:1]},
            "POST /grants/{grant}/openings": {"record": self.records[0], "assertion": SIGNED},
            "POST /grants/{grant}/erasures": {"record": self.records[0], "assertion": SIGNED},
            "POST /grants/{grant}/monitoring-statement": {"call": CALL},
            "POST /grants/{grant}/monitorings": {"call": CALL, "assertion": SIGNED},
            "POST /grants/{grant}/excision-statement": {"record": self.names["record"]},
            "POST /grants/{grant}/excisions": {"record": self.names["record"], "assertion": SIGNED},
            "POST /readings/{token}/excision-statement": {
                "stretches": [{"start": 1000, "end": 2000}],
                "reason": "It may not be kept.",
            },
            "POST /readings/{token}/excisions": {"draft": "req_none", "signed": SIGNED},
            "POST /native-sound/statement": {"reason": "It is old enough."},
            "POST /native-sound/requests": {"draft": "req_none", "signed": SIGNED},
            "POST /grants/{grant}/opus": {"signed": SIGNED},
            "POST /holds": {"records": self.records[:1], "reason": "A claim."},
            "POST /holds/{hold}/release-statement": {"reason": "Settled."},
        }
        signing = ("/submission", "/decisions", "/revocation", "/release")
        if route in bodies:
            return bodies[route]
        return {"signed": SIGNED} if route.startswith("POST") and route.endswith(signing) else None

    def path(self, route: str) -> str:
        names = dict(self.names)
        if route.endswith(("/locate-statement", "/searches", "/records")):
            names["req"] = names["locating"]  # the state in which these acts make sense
        if "live-calls" in route or "/{grant}/monitoring" in route:
            names["grant"] = names["lines"]
        elif "/monitorings/{token}" in route:
            names["token"] = names["monitored"]
        elif "/excisions" in route or "/excision-" in route:
            names["grant"], names["token"] = names["excising"], names["heard"]
        return route.split(" ", 1)[1].format(**names)


def answers(world: World, house: House, other: House, call: Call, route: str) -> str:
    method, path, body = route.split(" ", maxsplit=1)[0], world.path(route), world.body(route)

    def ask(column: str) -> Any:
        if column == "nobody":
            return call("", method, path, body)
        if column == "made-up":
            return call("", method, path, body, authorization="Bearer mun_nothing")
        if column == "newcomer":
            publish_policy(house)
            return call("hana", method, path, body)
        place = other if column.startswith("other-") else house
        return call(column.removeprefix("other-"), method, path, body, at=place)

    statuses = []
    for column in COLUMNS:
        with transaction.atomic():
            statuses.append(str(ask(column).status_code))
            transaction.set_rollback(True)
    return " ".join(statuses)


def publish_policy(house: House, subject: str = "terms", *, must_accept: bool = True) -> int:
    drafted = people.draft_policy(
        house.organisation,
        subject=subject,
        number="1",
        title="Terms",
        text="Be kind.",
        effective=date(2026, 1, 1),
        must_accept=must_accept,
    )
    people.publish(house.desk, drafted, by="")
    return drafted


def test_every_route_stands_in_the_table() -> None:
    assert routes().keys() == TABLE.keys()


def test_every_answer_is_the_expected_one(house: House, call: Call) -> None:
    world, other = World(house), house.estate.house()
    found = {route: answers(world, house, other, call, route) for route in sorted(routes())}
    wrong = {
        route: (statuses, TABLE.get(route))
        for route, statuses in found.items()
        if TABLE.get(route) != statuses
    }
    assert not wrong, "\n".join(
        f"{route}: {got}, expected {wanted}" for route, (got, wanted) in wrong.items()
    )
