"""Heads of the ledger that others hold: time stamps, cosignatures of witnesses, mails."""
