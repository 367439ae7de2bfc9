"""How allauth is told what is particular here: closed sign-up, sealed secrets, sign-ins in the ledger."""
