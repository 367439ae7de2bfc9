"""Who may sign what: statements, signatures, the authority register and the floor no policy lowers."""
