"""Bytes in, typed values out. Pure functions: no file, no socket, no clock."""
