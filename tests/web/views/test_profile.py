"""A person's own keys to the house."""

from collections.abc import Callable
from pathlib import Path

from django.test import Client

from muniment.people import services
from muniment.people.models import PersonalToken
from muniment.people.roles import Role
from muniment.vault.authority import keyfile
from muniment.vault.authority.keyfile import PublicKeyFile
from muniment.vault.authority.statements import RegisterChange, read
from tests.town import Town

type Enter = Callable[..., Client]


def test_the_profile_says_who_and_how(town: Town, signed_in: Enter) -> None:
    page = signed_in(Role.HR).get("/profile").content.decode()
    for words in ("HR Person", "hr@harbour.example", "Harbour Works", "locks after 15 minutes"):
        assert words in page


def test_a_token_is_shown_on_one_answer_only(town: Town, signed_in: Enter) -> None:
    browser = signed_in(Role.HR)
    page = browser.post("/profile/tokens", {"name": "report", "days": "30"}).content.decode()
    token = page.partition("mun_")[2].partition("<")[0]
    assert services.who_holds(f"mun_{token}") is not None
    assert token not in browser.get("/profile/tokens").content.decode()


def test_one_ends_ones_own_tokens_and_nobody_elses(town: Town, signed_in: Enter) -> None:
    text, view = services.make_token(town.ours[Role.HR].id, "report")
    signed_in(Role.DIRECTOR).post(f"/profile/tokens/{view.id}/end")
    assert services.who_holds(text) is not None
    signed_in(Role.HR).post(f"/profile/tokens/{view.id}/end")
    assert services.who_holds(text) is None
    assert PersonalToken.objects.get().revoked is not None


def test_a_key_in_a_file_is_proposed_with_the_powers_of_its_owner(
    town: Town, signed_in: Enter, tmp_path: Path
) -> None:
    browser, made = signed_in(Role.HR), keyfile.write(tmp_path / "mine", keyfile.generate())
    sent = browser.post("/profile/signing-keys/file", {"public": made.read_text()})
    assert sent["Location"] == "/profile/signing-keys"
    (change,) = services.register_changes(town.ours.id)
    (key,) = read(RegisterChange, change.statement).add
    assert keyfile.read_public(made) == PublicKeyFile(key.key, key.public)
    assert (key.person, sorted(key.powers)) == (town.ours[Role.HR].id, ["request"])
    assert b"0 of 2 signatures" in browser.get("/profile/signing-keys").content
    browser.post(f"/register-changes/{change.id}/withdraw")
    assert services.register_changes(town.ours.id) == ()


def test_one_asks_for_the_removal_of_ones_own_keys_only(town: Town, signed_in: Enter) -> None:
    mine, theirs = town.ours[Role.HR].key, town.ours[Role.DIRECTOR].key
    browser = signed_in(Role.HR)
    assert browser.post(f"/profile/signing-keys/{theirs}/remove").status_code == 404
    assert browser.post(f"/profile/signing-keys/{mine}/remove").status_code == 302
    (change,) = services.register_changes(town.ours.id)
    assert read(RegisterChange, change.statement).remove == (mine,)


def test_a_wrong_public_key_is_said_to_be_wrong(signed_in: Enter) -> None:
    page = signed_in(Role.HR).post("/profile/signing-keys/file", {"public": "abc"}).content
    assert b"There is a problem" in page
    assert b'aria-describedby="id_public-hint id_public-error"' in page
