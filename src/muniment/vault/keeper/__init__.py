"""The keeper: the one process that writes sealed records, and the one that opens them."""
