"""Calls: a session recording server (RFC 7866) that speaks SIP, and an engine that keeps RTP."""
