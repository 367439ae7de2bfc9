"""People live in the whole town."""

from tests.residents import keeper, policy, town

__all__ = ["keeper", "policy", "town"]
