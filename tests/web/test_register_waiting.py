"""Register changes on the start page of those who may sign them."""

from muniment.core.home import Home
from muniment.people import services
from muniment.people.roles import Role
from muniment.web import desk
from muniment.web.register_waiting import register_changes_waiting
from tests.town import Town


def waits(town: Town, role: Role) -> list[str]:
    return [one.title for one in register_changes_waiting(services.view(town.ours[role].id))]


def test_a_change_waits_for_authorities_who_have_not_signed(town: Town) -> None:
    hr = town.ours[Role.HR].id
    change = services.propose_change(
        town.ours.id, by=hr, about=hr, summary="Let a key sign",
        serial=town.desk.register_view(town.ours.id).serial + 1, remove=["key_none"],
    )  # fmt: skip
    assert waits(town, Role.DIRECTOR) == waits(town, Role.DATA_CONTROLLER) == ["Let a key sign"]
    assert waits(town, Role.HR) == []
    signed = town.ours[Role.DIRECTOR].sign(change.statement)
    services.sign_change(town.desk, town.ours.id, change.id, signed)
    assert waits(town, Role.DIRECTOR) == []


def test_the_start_page_is_there_while_the_keeper_is_not(town: Town, settings, tmp_path, signed_in) -> None:
    hr = town.ours[Role.HR].id
    services.propose_change(town.ours.id, by=hr, about=hr, summary="Change", serial=1, remove=["key_none"])
    settings.HOME = Home(tmp_path)
    desk.desk.cache_clear()
    assert waits(town, Role.DIRECTOR) == []
    assert signed_in(Role.DIRECTOR).get("/").status_code == 200
