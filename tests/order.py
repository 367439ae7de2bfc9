"""In which order several workers take the files: those that start whole installations spread among the others.

Each of them keeps several processes busy. Left to themselves they would all come last, for they hold few tests each:
then the workers compete for the machine, and at the end one of them works alone. Spread, each runs beside small
tests, and none comes last.
"""

import pytest

LONG = ("tests/demo/", "tests/faults/", "tests/journeys/", "tests/project/")
"""Whose files take ten seconds and more, where most others take one."""
SPREAD = 0.8
"""The part of all other files beside which the long ones run."""


def spread(files: list[str]) -> list[str]:
    """The same files, the long ones at even distances; the order among the long and the others is kept."""
    long = [file for file in files if file.startswith(LONG)]
    others = [file for file in files if not file.startswith(LONG)]
    distance = SPREAD * len(others) / (len(long) or 1)
    places = [(place * distance, file) for place, file in enumerate(long)]
    return [file for _, file in sorted([*places, *enumerate(others)], key=lambda placed: placed[0])]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """After the tests are shuffled, in each worker alike."""
    if hasattr(config, "workerinput"):
        files = list(dict.fromkeys(item.nodeid.partition("::")[0] for item in items))
        places = {file: place for place, file in enumerate(spread(files))}
        items.sort(key=lambda item: places[item.nodeid.partition("::")[0]])
