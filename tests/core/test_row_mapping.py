"""How rows are read, kept with their file."""

import msgspec

from muniment.core.row_mapping import RowMapping


def test_it_goes_through_json_and_without_anything_it_is_the_habit() -> None:
    mapping = RowMapping({"started": "When"}, {"in": "inbound"}, "UTC")
    assert msgspec.json.decode(msgspec.json.encode(mapping), type=RowMapping) == mapping
    assert msgspec.json.decode(b"{}", type=RowMapping) == RowMapping()
