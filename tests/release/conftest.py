"""The same house as governance's tests."""

from tests.governance.conftest import house, roomy_estate

__all__ = ["house", "roomy_estate"]
