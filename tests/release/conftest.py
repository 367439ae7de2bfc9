"""The same house as governance's tests."""

from tests.governance.conftest import house, shared_estate

__all__ = ["house", "shared_estate"]
