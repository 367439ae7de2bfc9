"""An administrator proposes a domain, the Data Controller assigns it, the keeper tells capture."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.people import comparing, services
from muniment.people.models import Domain
from muniment.people.roles import Role
from muniment.people.views import PersonView
from muniment.vault.client import CaptureDoor
from tests.residents import acts_after, end_of_ledger
from tests.town import Firm, Town


def who(firm: Firm, role: Role) -> PersonView:
    return services.view(firm[role].id)


def assigned(town: Town, firm: Firm, name: str) -> int:
    proposed = services.propose_domain(who(firm, Role.ADMINISTRATOR), name)
    services.assign_domain(town.desk, who(firm, Role.DATA_CONTROLLER), proposed.id)
    return proposed.id


def routes(town: Town) -> dict[str, str]:
    with CaptureDoor(town.home.socket("capture")) as door:
        return door.domains()


def test_proposed_it_changes_nothing_assigned_it_leads_mail(town: Town) -> None:
    before = end_of_ledger(town)
    proposed = services.propose_domain(who(town.ours, Role.ADMINISTRATOR), " First.Example. ")
    assert (proposed.name, proposed.assigned) == ("first.example", None)
    assert "first.example" not in routes(town)
    services.assign_domain(town.desk, who(town.ours, Role.DATA_CONTROLLER), proposed.id)
    assert routes(town)["first.example"] == town.ours.id
    ((clear, body),) = acts_after(town, before)
    assert "people:domain:assigned" in clear
    assert b'"domain":"first.example"' in body
    services.end_domain(town.desk, who(town.ours, Role.DATA_CONTROLLER), proposed.id)
    assert "first.example" not in routes(town)
    assert services.domains(town.ours.id) == ()


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.DATA_CONTROLLER, Role.EMPLOYEE])
def test_only_who_runs_the_system_proposes(town: Town, role: Role) -> None:
    with pytest.raises(RefusedError, match="proposes domains"):
        services.propose_domain(who(town.ours, role), "second.example")


def test_only_the_data_controller_of_the_same_organisation_assigns(town: Town) -> None:
    proposed = services.propose_domain(who(town.ours, Role.IT_ENGINEER), "third.example")
    with pytest.raises(RefusedError, match="Only the Data Controller"):
        services.assign_domain(town.desk, who(town.ours, Role.ADMINISTRATOR), proposed.id)
    with pytest.raises(RefusedError, match="no such domain"):
        services.assign_domain(town.desk, who(town.theirs, Role.DATA_CONTROLLER), proposed.id)


def test_a_domain_of_another_organisation_is_not_taken_over(town: Town) -> None:
    mine = assigned(town, town.ours, "fourth.example")
    with pytest.raises(RefusedError, match="another organisation"):
        assigned(town, town.theirs, "fourth.example")
    assert routes(town)["fourth.example"] == town.ours.id
    services.end_domain(town.desk, who(town.ours, Role.ADMINISTRATOR), mine)


@pytest.mark.parametrize(
    "name", ["", "example", "a b.example", "@x.example", "-x.example", "x..example", "é" * 80]
)
def test_what_is_no_domain_is_refused(town: Town, name: str) -> None:
    with pytest.raises(WrongUseError, match="not the name of a domain"):
        services.propose_domain(who(town.ours, Role.ADMINISTRATOR), name)


def test_an_edited_row_is_named(town: Town) -> None:
    number = assigned(town, town.ours, "fifth.example")
    assert not [fault for fault in comparing.compare(town.desk, town.ours.id) if fault.table == "domain"]
    Domain.objects.filter(pk=number).update(name="stolen.example")
    kinds = {fault.kind for fault in comparing.compare(town.desk, town.ours.id) if fault.table == "domain"}
    assert kinds == {"row without entry", "entry without row"}
    Domain.objects.filter(pk=number).update(name="fifth.example")
    services.end_domain(town.desk, who(town.ours, Role.ADMINISTRATOR), number)
