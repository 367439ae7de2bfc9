"""Pages stand on the whole town."""

from tests.residents import keeper, nobody, policy, signed_in, town

__all__ = ["keeper", "nobody", "policy", "signed_in", "town"]
