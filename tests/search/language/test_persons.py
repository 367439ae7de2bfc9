"""A person becomes their addresses before anything is searched."""

import pytest

from muniment.core.errors import WrongUseError
from muniment.search.language.parser import parse
from muniment.search.language.persons import resolve
from muniment.search.language.writing import write

PEOPLE = {"Ann Lee": ("Ann@x.org", "a.lee@x.org"), "Bob": ("bob@x.org",)}


def addresses_of(name: str) -> tuple[str, ...]:
    return PEOPLE.get(name, ())


def test_every_address_of_the_person_counts() -> None:
    tree = resolve(parse('refund -(person:"Ann Lee" OR person:Bob)'), addresses_of)
    assert write(tree) == "refund -(party:ann@x.org OR party:a.lee@x.org OR party:bob@x.org)"


def test_nobody_of_that_name_is_said_rather_than_nothing_found() -> None:
    with pytest.raises(WrongUseError, match="Nobody here is called Zoe"):
        resolve(parse("person:Zoe"), addresses_of)
