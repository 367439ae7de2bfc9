"""Tests of the recording client."""
