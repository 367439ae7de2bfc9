"""Tags are `source:subject:action` and listed in order."""

import re

from muniment.core.tags import EventTag


def test_each_tag_has_three_words() -> None:
    assert all(re.fullmatch(r"[a-z_]+:[a-z_]+:[a-z_]+", tag) for tag in EventTag)


def test_they_are_listed_in_order_and_once() -> None:
    names = [tag.name for tag in EventTag]
    assert names == sorted(names)
    assert len(EventTag.__members__) == len(set(EventTag))
