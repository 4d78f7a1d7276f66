"""Characters before words: what a scraped text carries that nobody can see.

Normalisation is NFC, not NFKC: NFKC would turn "m²" into "m2" and "½" into "1⁄2", and a quotation
must read as the outlet wrote it.
"""

import html
import re
import unicodedata

_SPACES = (
    "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\u2028\u2029]")
# Zero-width, soft hyphen, bidirectional marks and overrides, language tags, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)
# Joiners belong to Arabic, Indic and emoji sequences; between Latin letters they only hide.
_LATIN_JOINERS = re.compile(
    "(?<![\u0590-\u1fff\u2600-\u27bf\ufe0f\U0001f000-\U0001ffff])[\u200c\u200d]+"
)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});")


def _windows_1252() -> dict[int, str]:
    """C1 controls are mis-declared Windows-1252 nearly always; browsers read them so too."""
    table = {}
    for code in range(0x80, 0xA0):
        table[code] = bytes([code]).decode("cp1252", "ignore")
    return table


_TABLE: dict[int, str] = {**{ord(space): " " for space in _SPACES}, **_windows_1252()}
_ODD = re.compile("[" + "".join(map(chr, _TABLE)) + "]")


def normalise(text: str, *, keep_entities: bool = False) -> str:
    """Return `text` in NFC with newlines as line ends, plain spaces and no invisible characters.

    Entities left over from a page (`&nbsp;`) become characters, unless the text is a page still
    to be parsed. Runs of spaces stay as they are.
    """
    if "&" in text and not keep_entities:
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    text = _LINE_ENDS.sub("\n", text)
    if text.isascii():
        return _INVISIBLE.sub("", text).replace("\t", " ")
    text = _ODD.sub(lambda found: _TABLE[ord(found.group())], text)
    text = _LATIN_JOINERS.sub("", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text)
