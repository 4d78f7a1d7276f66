"""Random edits of a small archive, the same for the same seed."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

from homes import article

from warta.corpus.article import Article

WORDS = (
    "banjir gempa wali kota menang sekolah jembatan hujan pasar festival atlet 17 panen harga "
    "cabai kebakaran gudang polisi rumah sakit perahu nelayan camat desa warga Rp250 juta"
).split()
OUTLETS = ("Kabar Tirtamaya (contoh)", "Sagara Pos (contoh)", "")


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randrange(4, 16))).capitalize() + "."


def _new(id_: str, chance: random.Random) -> Article:
    text = " ".join(_sentence(chance) for _ in range(chance.randrange(1, 25)))
    day = date(2026, 1, 1) + timedelta(chance.randrange(60)) if chance.random() < 0.8 else None
    title = " ".join(chance.choices(WORDS, k=4)) if chance.random() < 0.9 else ""
    return article(id_, text, title=title, day=day, source=chance.choice(OUTLETS))


class Script:
    """One archive and what happens to it.

    An edit adds, changes, removes or renames an article, brings one back, or makes a copy of
    another; more than `most` articles there never are.
    """

    def __init__(self, seed: int, most: int = 40) -> None:
        self.most = most
        self.chance = random.Random(seed)
        self.numbers = count()
        self.gone: list[Article] = []
        self.articles: dict[str, Article] = {}
        for _ in range(self.chance.randrange(0, 16)):
            self.add()

    def edit(self) -> None:
        """Do one thing at random."""
        ways: list[Callable[[], None]] = [self.add]
        if self.articles:
            ways += [self.rewrite, self.extend, self.retitle, self.redate, self.remove]
            ways += [self.rename, self.copy, self.shorten]
        if self.gone:
            ways += [self.bring_back]
        self.chance.choice(ways)()
        while len(self.articles) > self.most:
            self.remove()

    def add(self) -> None:
        # In front of, between and behind the others: numbers of passages move.
        self._put(_new(f"{self.chance.choice('akz')}-{next(self.numbers)}", self.chance))

    def rewrite(self) -> None:
        self._put(_new(self._any().id, self.chance))

    def extend(self) -> None:
        one = self._any()
        self._put(replace(one, text=f"{one.text} {_sentence(self.chance)}"))

    def shorten(self) -> None:
        one = self._any()
        self._put(replace(one, text=one.text.split(". ")[0].rstrip(".") + "."))

    def retitle(self) -> None:
        self._put(replace(self._any(), title=" ".join(self.chance.choices(WORDS, k=3))))

    def redate(self) -> None:
        source = self.chance.choice(OUTLETS)
        self._put(replace(self._any(), published=date(2026, 3, 1), source=source))

    def remove(self) -> None:
        self.gone = [*self.gone[-20:], self.articles.pop(self._any().id)]

    def bring_back(self) -> None:
        self._put(self.chance.choice(self.gone))

    def rename(self) -> None:
        one = self.articles.pop(self._any().id)
        self._put(replace(one, id=f"m-{next(self.numbers)}"))

    def copy(self) -> None:
        source = self.chance.choice(OUTLETS)
        self._put(replace(self._any(), id=f"c-{next(self.numbers)}", source=source))

    def _put(self, one: Article) -> None:
        self.articles[one.id] = one

    def _any(self) -> Article:
        return self.chance.choice([*self.articles.values()])
