"""A recording client as a switch has one (RFC 7866): for test calls, for the demo, and for tests."""
