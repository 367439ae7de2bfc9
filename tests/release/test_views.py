"""What release gives out is frozen."""

import msgspec

from muniment.release import views


def test_every_view_is_frozen() -> None:
    kinds = [
        kind for kind in vars(views).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    ]
    assert kinds
    assert all(kind.__struct_config__.frozen for kind in kinds)
