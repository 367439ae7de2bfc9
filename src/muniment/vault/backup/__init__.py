"""Backups in two parts: packs, which may be kept for ever, and keys, which expire."""
