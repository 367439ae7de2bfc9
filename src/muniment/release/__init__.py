"""The only door out: read, take a copy, prove, destroy; each under a grant and in the ledger first."""
