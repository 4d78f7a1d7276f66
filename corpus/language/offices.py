"""Whose office is asked about: "Kepala BPMP Maluku Utara" is not "Kepala BPMP Maluku".

The words of the two are nearly the same, so that a score of shared words takes the one for the
other. Where a question names an office and its body, some passage must name both together.
"""

import re
from collections.abc import Iterable

from warta.corpus.language.words import fold

_TITLES = (
    "kepala ketua direktur menteri gubernur bupati presiden rektor komandan kapolda kapolres "
    "kapolsek camat lurah dekan sekretaris manajer pelatih kapten duta dubes panglima walikota "
    "pendiri pemilik komisaris jubir head chairman chair director minister governor "
    "president rector commander secretary manager coach captain ambassador mayor founder owner"
).split()
# "Direktur Jenderal UNESCO" is no director of a body called "Jenderal UNESCO".
_ANY = rf"(?i:(?:{'|'.join(_TITLES)}|wali kota)(?: jenderal| general| utama| umum)?)"
TITLE = re.compile(rf"\b{_ANY}\b")
# Names that news is full of and nobody bears.
PLACES = frozenset(
    """indonesia malaysia singapura thailand vietnam filipina myanmar kamboja laos brunei china cina
    tiongkok jepang korea selatan utara india pakistan afghanistan iran irak arab saudi yaman suriah
    israel palestina turki mesir rusia ukraina jerman prancis inggris belanda italia spanyol
    portugal swiss amerika serikat kanada meksiko brasil argentina australia selandia baru eropa
    asia afrika jakarta bandung surabaya semarang yogyakarta jogja medan palembang pekanbaru riau
    jambi padang lampung aceh banten bogor depok tangerang bekasi bali denpasar makassar manado
    papua jayapura maluku ambon kalimantan sulawesi sumatera sumatra jawa barat timur tengah
    pontianak samarinda balikpapan banjarmasin palangkaraya lombok garuda""".split()
)
# Short names of bodies, as short as those of people: "KPK" is none, "SBY" is one.
_BODIES = frozenset(
    """kpk dpr dpd mpr tni bpk pbb kpu psi pan pkb pks ppp pdi ugm itb ui uii unj bca bri bni btn
    pln kai mui nu ma mk ky bi ojk lps who fbi cia imf as ri uni uu ppn bmw kia psg mu nba afc uea
    us uk usa uae dki ntt ntb sma smk smp sd wib wit""".split()
)
_OFFICE = re.compile(
    rf"\b(?P<title>{_ANY})(?: of| of the| dari| di)? "
    r"(?P<body>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*)+)"
)
_REPUBLIC = "RI"  # "Kepala Kepolisian RI" heads the same body as "Kepala Kepolisian Negara"
_BODY = 2  # words of a body, at least
_INITIALS = 3  # letters of a person's short name: "SBY"
_BETWEEN = r"(?:\W+\w+){0,2}?\W+"  # "Kepala Dinas BPMP Provinsi Maluku Utara"


def held_by_another(question: str, texts: Iterable[str]) -> bool:
    """Tell whether `question` asks for an office that no text names, but a like one is named.

    False where the question names no office with a body of at least two words, where some text
    names the two together, and where none has the office with the beginning of that body either:
    the body may go by another name there.
    """
    found = _OFFICE.search(question)
    if found is None:
        return False
    body = found["body"].split()
    if body[-1] == _REPUBLIC:
        body.pop()
    if len(body) < _BODY:
        return False
    folded = [fold(text) for text in texts]
    whole = _together([found["title"], *body])
    part = _together([found["title"], *body[:-1]])
    return not any(map(whole.search, folded)) and any(map(part.search, folded))


def _together(words: list[str]) -> re.Pattern[str]:
    return re.compile(r"\b" + _BETWEEN.join(re.escape(fold(word)) for word in words) + r"\b")


def may_be_a_person(name: str) -> bool:
    """Tell a name that somebody may bear from places, from "KPK" and "Piala Dunia 2022"."""
    words = [word.strip(".") for word in name.split()]
    acronym = len(words) == 1 and words[0].isupper()
    acronym = acronym and (len(words[0]) > _INITIALS or fold(words[0]) in _BODIES)
    places = all(fold(word) in PLACES for word in words)
    return not acronym and not places and not any(char.isdigit() for char in name)
