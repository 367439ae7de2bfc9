"""The query language, as people write it: text in, a tree out, or a mistake with its place."""
