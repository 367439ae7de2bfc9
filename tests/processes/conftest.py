"""The house of governance, for what the worker does beside it."""

from tests.governance.conftest import house, shared_estate

__all__ = ["house", "shared_estate"]
