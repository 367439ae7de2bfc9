"""Wiring: the supervisor, its child processes, the keys each is handed, and the worker's loop."""
