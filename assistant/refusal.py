"""Why a question is not answered, as data, and how that is said."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from warta.assistant.texts import Language, number_text
from warta.corpus.article import Article

Reason = Literal["nothing", "unnamed", "not_this", "outside", "outlet"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question is not answered: what the archive lacks, or what was not seen in it.

    `reason`: no article matches ("nothing"); none of the whole archive holds a name ("unnamed");
    the story is there, but not what is asked of it ("not_this"); nothing in the days or outlets
    that were searched ("outside"); the outlet asked for is not in the archive ("outlet").
    "not_this" is what the passage reader judged, which may overlook: no more is said than that.
    `missing` are the names, years or outlets it lacks; `wanted` says what is asked for ("siapa",
    "berapa harganya"), "" where that is not known. `since`, `until` and `sources` narrowed the
    search. `articles`, `first` and `last` are what the archive covers. `nearest` is the article
    that comes closest and `told` what it says: the sentence that comes closest where one was read.
    """

    reason: Reason
    missing: tuple[str, ...] = ()
    wanted: str = ""
    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    articles: int = 0
    first: date | None = None
    last: date | None = None
    nearest: Article | None = None
    told: str = ""

    def said(self, language: str, *, headed: bool = False) -> str:
        """Return the refusal as one paragraph in `language`, "id" or "en".

        `headed`: "Tidak ditemukan di arsip" stands above it already.
        """
        spoken: Language = "en" if language == "en" else "id"
        said = _SAID[spoken]
        limits = self._limits(spoken)
        listed = said["or"].join(f"“{_plain(name)}”" for name in self.missing)
        key: str = self.reason
        if key == "unnamed" and limits:
            key = "unnamed_within"
        if key == "not_this" and self.wanted:
            key = "not_wanted"
        first = said[key][:1].upper() + said[key][1:] if headed else f"{said['heading']}{said[key]}"
        parts = [first.format(missing=listed, limits=limits, wanted=self.wanted)]
        if self.articles:
            parts.append(self._covered(spoken))
        if self.nearest is not None:
            parts.append(self._offered(self.nearest, spoken))
        return " ".join(part for part in parts if part)

    def _limits(self, language: Language) -> str:
        """Return the filter that held, with a space before it, "" for none."""
        said, days = _SAID[language], ""
        if self.since and self.until:
            one = self.since == self.until
            days = said["on" if one else "between"]
        elif self.since or self.until:
            days = said["since" if self.since else "until"]
        shown = {
            "since": long_day(language, self.since) if self.since else "",
            "until": long_day(language, self.until) if self.until else "",
        }
        parts = [days.format(**shown)] if days else []
        parts += [said["at"].format(sources=", ".join(self.sources))] if self.sources else []
        return "".join(f" {part}" for part in parts)

    def _covered(self, language: Language) -> str:
        said = _SAID[language]
        days = ""
        if self.first and self.last:
            days = said["days"].format(
                first=long_day(language, self.first), last=long_day(language, self.last)
            )
        return said["covers"].format(articles=number_text(language, self.articles), days=days)

    def _offered(self, article: Article, language: Language) -> str:
        said = _SAID[language]
        day = long_day(language, article.published) if article.published else ""
        where = ", ".join(part for part in (article.source.strip(), day) if part)
        opened = said["closest"].format(
            title=_plain(article.title) or _plain(article.id), where=f" ({where})" if where else ""
        )
        return f"{opened} {_plain(self.told)}" if self.told else opened


_SAID = {
    "id": {
        "heading": "Tidak ditemukan di arsip: ",
        "nothing": "tidak ada artikel yang cocok dengan pertanyaan ini.",
        "unnamed": "tidak ada artikel yang menyebut {missing}.",
        "unnamed_within": "tidak ada artikel{limits} yang menyebut {missing}.",
        "not_this": "ada artikel tentang hal ini{limits}, tetapi tidak terlihat "
        "yang menjawab pertanyaan ini.",
        "not_wanted": "ada artikel tentang hal ini{limits}, tetapi tidak terlihat "
        "yang menyebut {wanted}.",
        "outside": "tidak ada artikel tentang ini yang terbit{limits}.",
        "outlet": "media {missing} tidak termasuk dalam arsip ini.",
        "covers": "Arsip ini memuat {articles} artikel{days}.",
        "days": ", terbit {first} sampai {last}",
        "closest": "Yang paling dekat: “{title}”{where}.",
        "between": "antara {since} dan {until}", "on": "pada {since}",
        "since": "sejak {since}", "until": "sampai {until}", "or": " atau ",
        "at": "di {sources}",
    },
    "en": {
        "heading": "Not found in the archive: ",
        "nothing": "no article matches this question.",
        "unnamed": "no article mentions {missing}.",
        "unnamed_within": "no article{limits} mentions {missing}.",
        "not_this": "there are articles on this{limits}, but none was seen "
        "that answers this question.",
        "not_wanted": "there are articles on this{limits}, but none was seen "
        "that says {wanted}.",
        "outside": "no article on this was published{limits}.",
        "outlet": "the outlet {missing} is not part of it.",
        "covers": "The archive holds {articles} articles{days}.",
        "days": ", published {first} to {last}",
        "closest": "The closest is “{title}”{where}.",
        "between": "between {since} and {until}", "on": "on {since}",
        "since": "since {since}", "until": "up to {until}", "or": " or ",
        "at": "at {sources}",
    },
}  # fmt: skip
_MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}


def long_day(language: str, day: date) -> str:
    """Return a day as it is written out: 7 Agustus 2024, 7 August 2024."""
    return f"{day.day} {_MONTHS[language].split()[day.month - 1]} {day.year}"


def _plain(text: str) -> str:
    """Return foreign text on one line, in which no bracketed number can be taken for ours."""
    return " ".join(text.split()).replace("[", "［").replace("]", "］")
