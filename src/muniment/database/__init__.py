"""The encrypted database of an installation: a Django backend for SQLCipher, and its key."""
