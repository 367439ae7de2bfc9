"""Finding: the query language, the librarian and its sealed index, and the way records get there."""
