"""x"""
def as_text() -> str:
    return ""
