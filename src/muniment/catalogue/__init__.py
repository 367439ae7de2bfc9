<<<<<<< HEAD
"""STUB until finding is merged."""
=======
"""What is held: records, parties, attachments, threads, and the acts of the ledger. All derived."""
>>>>>>> finding
