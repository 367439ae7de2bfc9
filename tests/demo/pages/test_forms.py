"""The visitor's mail."""

from types import SimpleNamespace

from muniment.demo.pages.forms import MailForm

JACK = SimpleNamespace(email="jack@firm.example", name="Jack", title="Analyst")


def test_it_goes_to_somebody_of_the_firm_only() -> None:
    given = {"sender": "you@example.org", "subject": "Heron", "text": "In the reeds."}
    assert MailForm({**given, "to": JACK.email}, people=[JACK]).is_valid()  # type: ignore[list-item]  # all it reads
    assert not MailForm({**given, "to": "nobody@else.example"}, people=[JACK]).is_valid()  # type: ignore[list-item]  # the same


def test_it_is_filled_in_before_one_begins() -> None:
    form = MailForm(people=[JACK])  # type: ignore[list-item]  # the same
    assert form["to"].initial == JACK.email
    assert form["subject"].initial
