"""STUB until finding is merged."""
