"""HTML mail: made harmless for a page, and turned into plain text for reading and finding."""

import html
import re

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


def safe_html(text: str) -> str:
    """The HTML of a mail with nothing left that loads, runs, submits or leads anywhere.

    A link keeps its words and shows its target as a title; it cannot be followed.
    """
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
