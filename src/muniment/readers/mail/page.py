"""HTML mail: made harmless for a page, and turned into plain text for reading and finding."""

import html
import re
from collections import Counter

import nh3

# What carries meaning in a letter. No style, form, frame, script, media or image: nothing here can
# load anything, send anything or cover the page it stands in.
TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "ins",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
    ]
)
DROPPED_WITH_CONTENT = frozenset(
    [
        "script",
        "style",
        "title",
        "head",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "applet",
        "form",
        "select",
        "textarea",
        "button",
        "svg",
        "math",
        "audio",
        "video",
    ]
)
ATTRIBUTES = {
    "a": {"href"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "ol": {"start"},
    "*": {"dir", "lang"},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
# Safe on the cleaner's own output, where `<` never stands in text and `"` never in a value.
LINK = re.compile(r'<a href="([^"]*)"')
BLOCK = re.compile(r"<(?=/?(?:br|p|div|tr|li|h[1-6]|table|blockquote|hr|dd|dt|pre)\b)", re.IGNORECASE)
CELL = re.compile(r"<(?=/?t[dh]\b)", re.IGNORECASE)
SPACES = re.compile(r"[ \t\xa0\u200b\u200c\u034f\xad]+")
EMPTY_LINES = re.compile(r"\n\s*\n")
WORD = re.compile(r"\w{3,}")


# The cleaner takes quadratic time over the depth of nesting, bare ampersands and attributes of one tag.
DEEPEST = 2_000  # elements; real letters nest some hundreds deep
MOST_AMPERSANDS = 50_000
LONGEST_TAG = 100_000  # characters
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)")
ANY_TAG = re.compile(r"<[^<>]*>")
LONG_TAG = re.compile(rf"<[^<>]{{{LONGEST_TAG}}}")
NEVER_OPEN = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)


def safe_html(text: str) -> str:
    """The HTML of a mail with nothing left that loads, runs, submits or leads anywhere.

    A link keeps its words and shows its target as a title; it cannot be followed. HTML made to keep a
    reader busy for ever is shown as its words alone.
    """
    if _is_a_trap(text):
        return f"<pre>{html.escape(ANY_TAG.sub('', text))}</pre>"
    cleaned = nh3.clean(
        text,
        tags=set(TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        strip_comments=True,
        link_rel=None,
    )
    return LINK.sub(r'<a title="\1"', cleaned)


def plain_text(text: str) -> str:
    """The words of an HTML mail, one block a line."""
    if _is_a_trap(text):
        return html.unescape(ANY_TAG.sub(" ", text)).strip()
    spaced = CELL.sub(" <", BLOCK.sub("\n<", text))
    stripped = nh3.clean(spaced, tags=set(), clean_content_tags={"script", "style", "head", "title"})
    lines = SPACES.sub(" ", html.unescape(stripped).replace("\r", ""))
    return EMPTY_LINES.sub("\n\n", lines).strip()


def only_in(text: str, plain: str) -> str:
    """The lines of `text` with a word that `plain` does not have.

    A sender may say one thing in the plain form and another in the HTML form: both are found.
    """
    known = set(WORD.findall(plain.lower()))
    fresh = [line for line in text.splitlines() if not known.issuperset(WORD.findall(line.lower()))]
    return "\n".join(fresh)


def _is_a_trap(text: str) -> bool:
    if text.count("&") > MOST_AMPERSANDS or LONG_TAG.search(text):
        return True
    if text.count("<") <= DEEPEST:
        return False
    open_now: Counter[str] = Counter()
    depth = 0
    for match in TAG.finditer(text):
        name = match[2].lower()
        if match[1]:  # an end that nothing began ends nothing
            ended = min(1, open_now[name])
            open_now[name] -= ended
            depth -= ended
        elif name not in NEVER_OPEN:
            open_now[name] += 1
            depth += 1
            if depth > DEEPEST:
                return True
    return False
