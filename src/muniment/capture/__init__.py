"""How communications come in: a daemon or an importer per channel, which seals and never reads.

Capture holds the epoch's public key only. It hands sealed batches to the keeper and tells a source
"taken" on the keeper's receipt, never before.
"""
