"""The index of one organisation: built in memory, sealed on disk, erased for good."""
