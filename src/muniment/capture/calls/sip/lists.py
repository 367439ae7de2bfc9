"""Lists inside header values: separators that neither quotes nor angle brackets hide (RFC 3261 section 25)."""


def split_list(text: str, separator: str = ",") -> list[str]:
    """Parts between separators that stand neither in quotes nor in angle brackets, without white space."""
    if separator not in text:
        return [text.strip()] if text.strip() else []
    parts, start, quoted, angled, escaped = [], 0, False, False, False
    for place, letter in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = letter == "\\", letter != '"'
        elif letter == '"':
            quoted = True
        elif letter == "<":
            angled = True
        elif letter == ">":
            angled = False
        elif letter == separator and not angled:
            parts.append(text[start:place].strip())
            start = place + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]
