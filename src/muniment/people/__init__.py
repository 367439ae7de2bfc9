"""Organisations, persons, roles, sign-in accounts, policies accepted: who may be asked, and who is."""
