"""REST, version 1: the same acts as the pages, for programs. A token alone opens and decides nothing."""
