"""SIP as a session recording server needs it (RFC 3261, 7866): sans-io, with one file that owns sockets."""
