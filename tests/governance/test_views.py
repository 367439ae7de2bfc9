"""What other rooms get is frozen and carries no database row."""

import msgspec
import pytest

from muniment.governance import views
from muniment.governance.views import PersonName


def test_every_view_is_a_frozen_struct_that_goes_over_a_wire() -> None:
    kinds = [
        kind for kind in vars(views).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    ]
    assert len(kinds) > 8
    assert all(kind.__struct_config__.frozen for kind in kinds)
    with pytest.raises(AttributeError):
        PersonName("per_a", "Ann").name = "Bob"  # type: ignore[misc]  # the point
