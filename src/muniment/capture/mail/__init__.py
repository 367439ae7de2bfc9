"""E-mail over SMTP: the journal sink that a mail server delivers copies to.

`protocol` is sans-io: events in, commands out. `server` owns the sockets, `commit` the way to the keeper.
"""
