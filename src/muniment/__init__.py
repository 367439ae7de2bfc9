"""Muniment: a self-hosted system of record for an organisation's communications, with proof."""

__version__ = "0.1.0"
