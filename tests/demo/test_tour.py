"""The tour as data: it names people, places and commands that exist."""

import re

from muniment.cli.main import VERBS
from muniment.demo import tour
from muniment.demo.card import DemoCard
from muniment.demo.personas import persona
from tests.demo.conftest import Running

EXAMPLES = {
    "closed_case",
    "grant_to_copy",
    "grant_to_listen",
    "nasty_html",
    "request_about_a_director",
    "sent_by_mistake",
    "unrecorded_day",
    "what_was_promised",
}


def test_steps_are_numbered_as_in_the_whole_tour() -> None:
    assert [step.number for step in tour.STEPS] == [2, 3, 4, 5, 6, 7, 9, 10, 11, 13, 14, 15, 16]


def test_everybody_named_exists() -> None:
    for step in tour.STEPS:
        if step.who:
            assert persona(step.who).writer.name in " ".join([*step.do, *step.see])


def test_every_command_is_one() -> None:
    for step in tour.STEPS:
        for command in filter(None, step.command.split("; ")):
            program, verb, *_ = command.split()
            assert program == "muniment"
            assert verb in VERBS


def test_places_name_only_examples_that_the_card_has() -> None:
    assert {name for step in tour.STEPS for name in re.findall(r"\{(\w+)\}", step.path)} <= EXAMPLES


def test_a_step_that_waits_for_a_call_leads_nowhere_until_the_call_is_there() -> None:
    [step] = [each for each in tour.STEPS if each.waits_for]
    card = DemoCard(origin="http://localhost:1", organisations=(), personas=())
    assert tour.path(step, card) == ""
    there = DemoCard(origin="", organisations=(), personas=(), examples={step.waits_for: "grant_x"})
    assert tour.path(step, there) == "/grants/grant_x"


def test_a_terminal_gets_all_of_it() -> None:
    text = tour.as_text()
    for step in tour.STEPS:
        assert f"{step.number}. {step.title}" in text


def test_the_card_has_it_with_links_and_addresses(running: Running) -> None:
    written = running.card.tour
    assert [step.number for step in written] == [step.number for step in tour.STEPS]
    for step in written:
        assert "{" not in step.address
        assert not step.address or step.address.startswith(running.card.origin)
        assert not step.persona or step.sign_in == running.card.persona(step.persona).link
