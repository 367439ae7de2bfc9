"""Which marks ask for two persons."""

import pytest

from muniment.catalogue.marks import is_private


@pytest.mark.parametrize(
    ("markings", "private"),
    [
        ((), False),
        (("confidential",), False),
        (("sensitive",), False),
        (("private",), True),
        (("personal",), True),
        (("confidential", "union"), True),
    ],
)
def test_private_personal_and_union_do(markings: tuple[str, ...], private: bool) -> None:
    assert is_private(markings) is private
