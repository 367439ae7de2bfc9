"""What is held: records, parties, attachments, threads, and the acts of the ledger. All derived."""
