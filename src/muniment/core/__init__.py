"""What every room may use: ids, the clock, digests, event tags, permissions, errors, settings."""
