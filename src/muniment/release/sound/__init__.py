"""The sound of an opened recording: decoded in a confined child, a window at a time, and never on a disk.

`ranges` answers what a browser asks for, `wave` makes a file of samples addressable by its bytes, `listening`
joins both with an opening; `pool` and `child` are the two ends of the pipe behind which strangers' bytes are
decoded. Nothing of this package but `listening` knows the database.
"""
