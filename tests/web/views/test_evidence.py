"""Taking the evidence away."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from django.test import Client

from muniment.governance import deciding, drafts, submission
from muniment.people.roles import Role
from muniment.vault import prove
from tests import asking
from tests.town import Town

type Enter = Callable[..., Client]


def copies_granted(town: Town, record: str) -> None:
    actor = asking.person(town, Role.INVESTIGATOR)
    written = asking.drafted(town, Role.INVESTIGATOR, "bulk_export")
    drafts.change(actor, written.id, actions=["view", "export"])
    shown = submission.prepare(actor, written.id)
    asked = submission.submit(town.desk, actor, written.id, asking.sign(town, Role.INVESTIGATOR, shown))
    request = asking.located(town, [record], asked)
    for role, beside in ((Role.DATA_CONTROLLER, [town.ours[Role.DIRECTOR].id]), (Role.DIRECTOR, [])):
        shown = deciding.prepare_approval(
            town.desk, asking.person(town, role), request.id, "It is needed.", beside=beside
        )
        deciding.decide(town.desk, asking.person(town, role), request.id, asking.sign(town, role, shown))


def test_a_signed_bundle_proves_itself_somewhere_else(town: Town, signed_in: Enter, tmp_path: Path) -> None:
    [record] = asking.records(town)
    copies_granted(town, record)
    browser = signed_in(Role.INVESTIGATOR)
    assert f"/records/{record}/evidence" in browser.get(f"/records/{record}").content.decode()
    page = browser.get(f"/records/{record}/evidence").content.decode()
    answer = browser.post(f"/records/{record}/evidence", asking.pasted(town, Role.INVESTIGATOR, page))
    assert answer.status_code == 200
    assert f"{record}.zip" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        archive.extractall(tmp_path)
    assert prove.prove(tmp_path / record).holds


def test_a_grant_to_read_is_no_grant_to_take(town: Town, signed_in: Enter) -> None:
    names = asking.records(town)
    asking.granted(town, names)
    answer = signed_in(Role.HR).get(f"/records/{names[0]}/evidence")
    assert answer.status_code == 403
    assert b"allows copies" in answer.content
