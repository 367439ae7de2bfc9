"""Pages that only a demo has: the tour, and what a visitor may do to it."""
