"""What systems leave inside a text: shortcodes, a feed's own last line, letters read wrongly."""

import re

_SHORTCODE = re.compile(
    r"\[(/?)([a-zA-Z][a-zA-Z0-9_-]{1,30})"
    r"((?:\s+[\w-]+\s*=\s*(?:\"[^\"\]]{0,2000}\"|'[^'\]]{0,2000}'|[^\s\]]{1,500}))*)\s*(/?)\]"
)
_WITH_CONTENT = re.compile(
    r"\[(embed|youtube|video|audio|playlist|gallery|instagram|twitter|tweet|iframe|script|ads?)"
    r"\b[^\[\]]{0,2000}\]\s*(?:https?://[^\s\[\]]{1,500}\s*)?\[/\1\]",
    re.I,
)
_ALWAYS = frozenset(
    """gallery caption embed video audio playlist dropcap youtube instagram twitter tweet iframe
    more read_more nextpage pullquote blockquote button contact-form-7 toc ads adsense ad
    irp related_posts yarpp sc_embed_player recaptcha social_share""".split()
)
_FEED_LINE = re.compile(
    r"\s*(?:(?:the\spost|this\spost|the\sarticle|artikel|tulisan|pos|kiriman|berita|postingan)\b\s.{3,300}?"
    r"\s(?:appeared\sfirst\son|first\sappeared\son|was\sfirst\spublished\son|(?:ini\s)?pertama\skali\s"
    r"(?:tampil|muncul|terbit|dipublikasikan|diterbitkan|tayang)\s(?:pada|di))\s[^\n]{2,120})$",
    re.I | re.M,
)
_MOJIBAKE = re.compile("[ÃÂâÅÄ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¡-¿]")


def without_shortcodes(text: str) -> str:
    """Take the codes of WordPress out: `[gallery ids="1,2"]`, `[caption]…[/caption]`.

    What such a pair encloses stays, but for addresses to embed. A word in brackets that has no
    attribute, is not closed and no known code ("[sic]") is the author's.
    """
    if "[" not in text or not _SHORTCODE.search(text):
        return text
    text = _WITH_CONTENT.sub("", text)
    closed = {match[2].lower() for match in _SHORTCODE.finditer(text) if match[1]}

    def kept(match: re.Match[str]) -> str:
        name = match[2].lower()
        is_code = match[1] or match[3] or match[4] or name in closed or name in _ALWAYS
        return "" if is_code else match[0]

    return _SHORTCODE.sub(kept, text)


def feed_line(line: str) -> str:
    """Return the end of a line by which WordPress closes a feed's entry, "" where there is none."""
    if "pertama kali" not in line and "ppeared" not in line and "published on" not in line:
        return ""
    found = _FEED_LINE.search(line)
    return found[0] if found else ""


def with_right_letters(text: str) -> str:
    """Mend UTF-8 that was read as another encoding ("â€œ", "Ã©"), where that is certain."""
    if text.isascii() or not _MOJIBAKE.search(text):
        return text
    from ftfy import fix_encoding

    return "\n".join(
        fix_encoding(line) if _MOJIBAKE.search(line) else line for line in text.split("\n")
    )
