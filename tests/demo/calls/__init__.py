"""Tests of the demo's telephone."""
