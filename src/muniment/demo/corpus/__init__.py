"""Two thousand mails as real clients write them, all invented, the same for the same seed."""
