"""The house of governance, for what the worker does beside it."""

from tests.governance.conftest import house, roomy_estate

__all__ = ["house", "roomy_estate"]
