"""The process that owns the text index: it answers with ids, and with words only under a warrant."""
