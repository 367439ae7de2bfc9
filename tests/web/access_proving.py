"""Rows of the access table for proving, for running the machine, and for the tour."""

from collections.abc import Mapping
from typing import Final

from muniment.people.roles import Role
from tests.town import Town
from tests.web.access_rows import OUT, Arguments, Row, Things, all_but, only

WATCHERS: Final = (Role.DATA_CONTROLLER, Role.DIRECTOR, Role.MANAGING_DIRECTOR, Role.AUDITOR)
ENGINEERS: Final = (Role.IT_ENGINEER, Role.ADMINISTRATOR)
NAMERS: Final = (Role.DATA_CONTROLLER, Role.DIRECTOR, Role.MANAGING_DIRECTOR)
NAMED: Final = all_but(403, *NAMERS, Role.ADMINISTRATOR)
HOLDERS: Final = (*WATCHERS, Role.OFFICE_MANAGER, Role.INVESTIGATOR)
RELEASERS: Final = (*NAMERS, Role.OFFICE_MANAGER)


def _some(name: str, value: str) -> Arguments:
    return lambda _town, _things: {name: value}


def _record(_town: Town, things: Things) -> dict[str, object]:
    return {"record": things.record}


def _person(town: Town, _things: Things) -> dict[str, object]:
    return {"person": town.ours[Role.REVIEWER].id}


def _mapping(_town: Town, _things: Things) -> dict[str, object]:
    return {"name": "never"}


def _hold(_town: Town, things: Things) -> dict[str, object]:
    return {"hold": things.hold}


PROVING: Final[Mapping[str, Row]] = {
    "record_proof": Row(200, other=404, by_role=all_but(403, *WATCHERS, Role.HR), arguments=_record),
    "record_evidence": Row(403, other=403, arguments=_record),
    "propose_erasure": Row(403, other=403, arguments=_record),  # a hold stands on it
    "ask_for_erasure": Row(
        403,
        other=403,
        method="post",
        arguments=lambda _t, things: {"record": things.record, "draft": "req_none"},
    ),
    "erase_granted": Row(
        404,
        other=404,
        by_role=only(403, Role.HR, Role.DATA_CONTROLLER, Role.DIRECTOR),
        arguments=lambda _t, things: {"grant": things.grant, "record": things.record},
    ),
    "certificates": Row(200, by_role=all_but(403, *RELEASERS)),
    "certificate": Row(404, other=404, arguments=_some("certificate", "cert_none")),
    "holds": Row(200, by_role=all_but(403, *HOLDERS)),
    "place_hold": Row(200, by_role=all_but(403, Role.DATA_CONTROLLER, Role.INVESTIGATOR)),
    "hold": Row(
        200,
        other=404,
        by_role=all_but(403, *HOLDERS),
        other_by_role=all_but(403, *HOLDERS),
        arguments=_hold,
    ),
    "release_hold": Row(
        400,
        other=404,
        by_role=all_but(403, *RELEASERS),
        other_by_role=all_but(403, *RELEASERS),
        method="post",
        arguments=_hold,
    ),  # no reason was given
    "withdraw_release": Row(
        403, other=404, other_by_role=all_but(403, *RELEASERS), method="post", arguments=_hold
    ),
    "refused_attempts": Row(200, by_role=all_but(403, *WATCHERS)),
    "call_mappings": Row(403, by_role=only(200, *ENGINEERS, Role.AUDITOR, Role.DATA_CONTROLLER)),
    "call_mapping_history": Row(
        403,
        other=404,
        by_role=only(404, *ENGINEERS, Role.AUDITOR, Role.DATA_CONTROLLER),
        other_by_role=all_but(403, *ENGINEERS, Role.AUDITOR, Role.DATA_CONTROLLER),
        arguments=_mapping,
    ),  # there is none of that name
    "retire_call_mapping": Row(
        403,
        other=404,
        by_role=only(404, *ENGINEERS),
        other_by_role=all_but(403, *ENGINEERS),
        method="post",
        arguments=_mapping,
    ),
    "try_call_mapping": Row(403, by_role=only(302, *ENGINEERS), method="post"),
    "call_completeness": Row(200, by_role=all_but(403, *WATCHERS, *ENGINEERS)),
    "call_completeness_of": Row(
        404,
        other=404,
        by_role=all_but(403, *WATCHERS, *ENGINEERS),
        other_by_role=all_but(403, *WATCHERS, *ENGINEERS),
        arguments=_some("day", "2026-01-05"),
    ),
    "proof_log": Row(200, by_role=all_but(403, *WATCHERS, *ENGINEERS)),
    "proof_log_csv": Row(200, by_role=all_but(403, *WATCHERS, *ENGINEERS)),
    "act": Row(
        200,
        other=404,
        by_role=all_but(403, *WATCHERS, *ENGINEERS),
        other_by_role=all_but(403, *WATCHERS, *ENGINEERS),
        arguments=lambda _t, things: {"sequence": things.act},
    ),
    "checks": Row(200, by_role=all_but(403, *WATCHERS, *ENGINEERS)),
    "machine": Row(200, by_role=all_but(403, *ENGINEERS)),
    "people": Row(200, by_role=all_but(403, *NAMERS, Role.ADMINISTRATOR)),
    "add_person": Row(200, by_role=all_but(403, *NAMERS, Role.ADMINISTRATOR)),
    "person": Row(200, other=404, by_role=NAMED, other_by_role=NAMED, arguments=_person),
    "change_role": Row(
        400,
        other=404,
        by_role=NAMED,
        other_by_role=NAMED,
        method="post",
        arguments=_person,
    ),  # no role was named
    "make_link": Row(200, other=404, by_role=NAMED, other_by_role=NAMED, method="post", arguments=_person),
    "end_links": Row(302, other=404, by_role=NAMED, other_by_role=NAMED, method="post", arguments=_person),
    "end_access": Row(200, other=404, by_role=NAMED, other_by_role=NAMED, arguments=_person),
    "new_password": Row(404, nobody=404, arguments=_some("token", "reset_none")),
    # A demo's tour: the town's home has no card of a demo
    "tour": Row(404, nobody=404),
    "tour_mail": Row(404, nobody=404),
    "tour_check": Row(404, nobody=404),
    "tour_damage": Row(404, nobody=404, method="post"),
    "tour_undo": Row(404, nobody=404, method="post"),
    "tour_step": Row(404, nobody=404, arguments=lambda _t, _things: {"number": 2}),
    "tour_done": Row(404, nobody=404, method="post", arguments=lambda _t, _things: {"number": 2}),
}
"""By the page's name in `muniment.web.urls_proving` and `muniment.demo.pages.urls`."""

__all__ = ["OUT", "PROVING"]
