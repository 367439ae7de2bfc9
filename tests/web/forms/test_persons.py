"""Forms about people."""

from muniment.web.forms.persons import InvitationForm, NewPasswordForm


def test_an_invitation_needs_a_name_and_an_address() -> None:
    form = InvitationForm({"name": "", "email": "nobody"})
    assert not form.is_valid()
    assert form.errors["name"] == ["Enter their full name"]
    assert form.errors["email"] == ["Enter an e-mail address like name@example.org"]


def test_a_password_follows_the_rules_of_the_house() -> None:
    for password in ("short", "ann.example@harbour.example"):
        assert not NewPasswordForm({"password": password}, email="ann.example@harbour.example").is_valid()
    assert NewPasswordForm({"password": "three unlikely words"}, email="a@b.example").is_valid()
