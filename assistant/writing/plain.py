"""What a model put out -> what of it is meant for the reader, as plain text.

Thinking parts, what follows the end of the turn, control tokens, tags and Markdown signs go. All
that remains is text: whoever shows it escapes it.
"""

import re

from warta.corpus.language.characters import normalise

_TAGS = r"think|thinking|thought|thoughts|reasoning|reflection"
_THINKING = (
    re.compile(rf"<({_TAGS})>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE),
    re.compile(r"\[THINK\].*?(?:\[/THINK\]|\Z)", re.DOTALL),
    re.compile(r"<unused94>.*?(?:<unused95>|\Z)", re.DOTALL),  # Gemma's
)
# Where the template has opened the thinking part, only its end is put out.
_CLOSED = re.compile(rf".*(?:</(?:{_TAGS})>|\[/THINK\]|<unused95>)", re.DOTALL | re.IGNORECASE)
# gpt-oss puts out channels, of which only the last is for the reader.
_CHANNEL, _FINAL = "<|channel|>", re.compile(r".*<\|channel\|>final<\|message\|>", re.DOTALL)
_END = re.compile(
    r"<\|(?:im_end|eot_id|end|end_of_text|endoftext|return|eom_id)\|>|<end_of_turn>|</s>|<eos>"
    r"|<\|(?:im_start|start_header_id|user|start)\|>|<start_of_turn>"
)
_CONTROL = re.compile(r"<\|[^|<>\n]{1,40}\|>|</?(?:s|bos|pad|unk)>|<｜[^｜<>\n]{1,40}｜>")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,500}>|<!--.*?-->")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"\n]*\")?\)")
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*```[^\n]*$", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE)
_STRONG = re.compile(r"\*\*|__(?=\S)|(?<=\S)__|`")


def plain(output: str) -> str:
    """Return the reader's part of `output`, also of one that is still growing."""
    text = normalise(output)
    return _without_markdown(_turn(_without_thinking(text))).strip()


def _without_thinking(text: str) -> str:
    if _CHANNEL in text:
        text, found = _FINAL.subn("", text, count=1)
        if not found:
            return ""
    for part in _THINKING:
        text = part.sub("", text)
    return _CLOSED.sub("", text, count=1)


def _turn(text: str) -> str:
    return _CONTROL.sub("", _END.split(text, maxsplit=1)[0])


def _without_markdown(text: str) -> str:
    for pattern in (_TAG, _FENCE, _RULE, _HEADING):
        text = pattern.sub("", text)
    return _STRONG.sub("", _LINK.sub(_linked, text))


def _linked(match: re.Match[str]) -> str:
    """Return a link's words; a marker that was made a link is a marker."""
    return f"[{match[1]}]" if match[1].strip().isdecimal() else match[1]
