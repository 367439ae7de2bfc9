"""Calls under way on disk: sealed under each call's own key, in chunks that a crash cannot tear."""
