"""A demo to try everything on: two invented organisations, their people, and two thousand mails of our own."""
