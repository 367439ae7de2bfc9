"""Packs, key slots, ledger, warrants' signatures, verification; the keeper and its client."""
