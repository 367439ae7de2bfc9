"""The engine that keeps RTP: many sockets, one sweep, whole batches; nothing is lost while it rests."""
