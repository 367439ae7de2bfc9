"""A witness: remembers the last head of other people's ledgers and refuses one that contradicts it."""
