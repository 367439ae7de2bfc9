"""The decision point: may this person do this to that, now? Cedar answers behind a port.

Cedar *skips* a policy that errs, and a skipped `forbid` would be a yes. So the schema is always passed,
and any error, any diagnostic and anything but a clear Allow is a no that is logged.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Protocol

import cedarpy
import msgspec
import structlog

from muniment.core.canonical import Json
from muniment.core.errors import NotAvailableError, RefusedError

_log = structlog.get_logger(__name__)


class Action(StrEnum):
    """What can be asked of the decision point."""

    ADOPT_PACK = "adoptPack"
    ASK = "ask"
    CHOOSE = "choose"
    CLOSE_CASE = "closeCase"
    COMPRESS = "compress"
    CONSULT = "consult"
    DECIDE = "decide"
    DELEGATE = "delegate"
    ERASE = "erase"
    EXCISE = "excise"
    EXPORT = "export"
    LISTEN = "listen"
    LOCATE = "locate"
    MONITOR = "monitor"
    PLACE_HOLD = "placeHold"
    RELEASE_HOLD = "releaseHold"
    REVOKE = "revoke"
    SEARCH_OWN = "searchOwn"
    SEE_ACTS = "seeActs"
    SEE_CASE = "seeCase"
    SEE_DELEGATIONS = "seeDelegations"
    SEE_DENIALS = "seeDenials"
    SEE_GRANT = "seeGrant"
    SEE_HOLD = "seeHold"
    SEE_LEDGER = "seeLedger"
    SEE_REQUEST = "seeRequest"
    VIEW = "view"


class Entity(msgspec.Struct, frozen=True):
    """A person or thing as the policies see it: its kind, its id and the attributes of the schema.

    A value of the form `Reference` names another entity.
    """

    kind: str
    id: str
    attributes: Mapping[str, object]


class Reference(msgspec.Struct, frozen=True):
    """The name of another entity, as an attribute's value."""

    kind: str
    id: str


class Verdict(msgspec.Struct, frozen=True):
    """Yes or no, with the ids of the policies that determined it, for the log and for the person."""

    allowed: bool
    because: tuple[str, ...]


class AbsentError(RefusedError):
    """There is nothing of this name that the person may see; whether there is one at all is not said."""


class Authoriser(Protocol):
    """The port. Whatever stands behind it must pass the golden decision table."""

    def decide(
        self, principal: Entity, action: Action, resource: Entity, context: Mapping[str, Json]
    ) -> Verdict:
        """Whether the principal may act; never raises, and a doubt is a no."""


class CedarAuthoriser:
    """Cedar with the policies and the schema that ship beside this file."""

    def __init__(self, policies: str, schema: str) -> None:
        """Parse and validate both; NotAvailableError if the policies do not fit the schema."""
        try:
            self._schema = cedarpy.Schema.from_str(schema)
            self._policies = cedarpy.PolicySet.from_str(policies)
            faults = cedarpy.validate_policies(policies, self._schema).errors
        except ValueError as error:
            raise NotAvailableError("The authorisation policies cannot be read.", why=f"{error}.") from error
        if faults:
            raise NotAvailableError(
                "The authorisation policies do not fit their schema.", why=f"{faults[0]}."
            )

    def decide(
        self, principal: Entity, action: Action, resource: Entity, context: Mapping[str, Json]
    ) -> Verdict:
        """Ask Cedar; see the module for what counts as a no."""
        request = {
            "principal": {"type": principal.kind, "id": principal.id},
            "action": {"type": "Action", "id": str(action)},
            "resource": {"type": resource.kind, "id": resource.id},
            "context": dict(context),
        }
        try:
            entities = cedarpy.Entities.from_json_str(
                msgspec.json.encode([_entity(principal), _entity(resource)]).decode(), self._schema
            )
            result = cedarpy.is_authorized(request, self._policies, entities, self._schema)
        except Exception as error:  # noqa: BLE001  # whatever the engine raises, the answer is no
            _log.error("authorisation.failed", action=str(action), error=type(error).__name__)
            return Verdict(allowed=False, because=("engine-error",))
        return _verdict(action, result)


def _verdict(action: Action, result: cedarpy.AuthzResult) -> Verdict:
    diagnostics = result.diagnostics
    because = tuple(sorted(diagnostics.id_annotations_by_reason.values()))
    if diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
        _log.error("authorisation.failed", action=str(action), errors=len(diagnostics.errors))
        return Verdict(allowed=False, because=("engine-error",))
    if result.decision is not cedarpy.Decision.Allow:
        _log.info("authorisation.denied", action=str(action), because=because)
        return Verdict(allowed=False, because=because or ("no-permit",))
    return Verdict(allowed=True, because=because)


def _entity(entity: Entity) -> dict[str, object]:
    attributes = {name: _value(value) for name, value in entity.attributes.items()}
    return {"uid": {"type": entity.kind, "id": entity.id}, "attrs": attributes, "parents": []}


def _value(value: object) -> object:
    if isinstance(value, Reference):
        return {"__entity": {"type": value.kind, "id": value.id}}
    if isinstance(value, frozenset | set | tuple | list):
        return [_value(item) for item in value]
    return value


@cache
def authoriser() -> Authoriser:
    """The decision point of this process, with the policies that ship."""
    folder = files(__package__).joinpath("policies")
    return CedarAuthoriser(
        folder.joinpath("governance.cedar").read_text(encoding="utf-8"),
        folder.joinpath("governance.cedarschema").read_text(encoding="utf-8"),
    )


WORDS = {
    "administration-reads-nothing": "whoever administers the system reads nothing on it",
    "approver-is-subject": "the request is about you",
    "approver-manages-subject": "the request is about somebody whom you manage",
    "auditor-reads-nothing": "an auditor sees the proof, never the content",
    "engine-error": "the rules could not be evaluated, and a doubt is a no",
    "erasure-needs-two": "an erasure takes two different persons",
    "held-is-not-erased": "a hold forbids its destruction",
    "line-tells-nobody": "nothing is set on this line that tells whoever speaks there; your IT engineer sets it",
    "no-permit": "nothing gives you the right to it",
    "not-in-time": "the time for which it was granted has not begun or is over",
    "policy-not-accepted": "you have not accepted the organisation's policies yet",
    "private-needs-two": "an item marked private takes the yes of two persons",
    "revoked": "the grant has been taken back",
    "staff-not-told": "the people whose line it is have not all been told that calls may be listened to",
    "self-approval": "nobody decides their own request",
}


def require(
    principal: Entity, action: Action, resource: Entity, context: Mapping[str, Json] | None = None
) -> None:
    """RefusedError, in words, unless the decision point says yes."""
    verdict = authoriser().decide(principal, action, resource, context or {})
    if verdict.allowed:
        return
    if any(reason.startswith("other-organisation") for reason in verdict.because):
        raise AbsentError("There is nothing of this name in your organisation.")
    raise RefusedError("You may not do this.", why=f"{words(verdict)}.")


def words(verdict: Verdict) -> str:
    """Why the answer is no, as a person reads it."""
    said = [WORDS[reason] for reason in verdict.because if reason in WORDS] or [WORDS["no-permit"]]
    whole = "; ".join(said)
    return whole[0].upper() + whole[1:]


def require_seen(principal: Entity, action: Action, resource: Entity | None, what: str) -> None:
    """AbsentError unless the resource exists and the person may see it: one answer for both."""
    if resource is None or not authoriser().decide(principal, action, resource, {}).allowed:
        raise AbsentError(f"There is no such {what}, or you are not part of it.")
