"""Forms of the pages: what a person may type, and what is said when it cannot be used."""
