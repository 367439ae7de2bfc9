"""Recordings that switches leave as files: found, matched with the switch's own account of the call, sealed."""
