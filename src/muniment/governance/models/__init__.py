"""Tables of the room. A row that states an act is written once and keeps its place in the ledger."""

from muniment.governance.models.announcements import (
    AnnouncementEnd,
    AnnouncementVersion,
    AwarenessTold,
    NoticeReasonGiven,
)
from muniment.governance.models.cases import Case, CaseClosure
from muniment.governance.models.completeness import DayReport, RecorderAway, RecorderSeen
from muniment.governance.models.decisions import Consultation, Decision, Proposal, Told
from muniment.governance.models.delegations import Delegation, DelegationEnd
from muniment.governance.models.denials import Denial
from muniment.governance.models.grants import Grant, GrantRecord, GrantRevocation
from muniment.governance.models.holds import HeldRecord, Hold, HoldRelease, HoldReleaseSignature
from muniment.governance.models.mappings import CallMapping, CallMappingEnd
from muniment.governance.models.notices import Notice
from muniment.governance.models.packs import Adoption
from muniment.governance.models.prepared import Prepared
from muniment.governance.models.recorded import Recorded
from muniment.governance.models.requests import Choice, Draft, Located, Request, Search
from muniment.governance.models.silences import SilenceAct

__all__ = [
    "Adoption",
    "AnnouncementEnd",
    "AnnouncementVersion",
    "AwarenessTold",
    "CallMapping",
    "CallMappingEnd",
    "Case",
    "CaseClosure",
    "Choice",
    "Consultation",
    "DayReport",
    "Decision",
    "Delegation",
    "DelegationEnd",
    "Denial",
    "Draft",
    "Grant",
    "GrantRecord",
    "GrantRevocation",
    "HeldRecord",
    "Hold",
    "HoldRelease",
    "HoldReleaseSignature",
    "Located",
    "Notice",
    "NoticeReasonGiven",
    "Prepared",
    "Proposal",
    "Recorded",
    "RecorderAway",
    "RecorderSeen",
    "Request",
    "Search",
    "SilenceAct",
    "Told",
]
