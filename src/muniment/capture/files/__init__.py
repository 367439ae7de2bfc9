"""Mail from files and folders: EML, mbox in its four dialects, Maildir, and folders of these."""
