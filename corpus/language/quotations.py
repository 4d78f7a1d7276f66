"""Direct quotations in a text and who says them, by the shape of the sentences around them.

Who speaks is read where the sentence names it ("…," kata Ratna; Ratna mengatakan, "…"), and
otherwise taken from the sentence before, where that leaves one reading. Where it does not, nobody
is named.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import or_
from typing import Final

from warta.corpus.language.names import Name, names
from warta.corpus.language.offices import PLACES, is_a_body, is_an_acronym, may_be_a_person
from warta.corpus.language.sentences import sentences
from warta.corpus.language.small_letters import share_small
from warta.corpus.language.words import fold

# One mark may close another: “Kios siap," kata Ani. Marks of the other shape may stand within.
_QUOTED = re.compile(r"“[^“”\n]{12,1200}”|[“\"][^“”\"\n]{12,1200}[”\"]|\"[^\"\n]{12,1200}\"")
_LEAST_WORDS: Final = 4  # what is shorter is a title or a word held at arm's length
_STEMS = (
    "kata|ujar|tutur|ucap|ungkap|jelas|tegas|imbuh|tambah|lanjut|sambung|papar|terang|sebut|beber|"
    "pungkas|tukas|cetus|tandas|tulis|pinta|seru|harap|kenang|cerita|kelakar|canda|urai|timpal|"
    "jawab|sahut|tanya|celetuk|pesan|kilah|dalih|kritik|puji|keluh|aku|curhat|kisah|ajak|bantah"
)
# What stands behind a quotation: "…," kata Ratna / begitu katanya / ujar dia.
_AFTER = re.compile(
    rf"[\s,.]*(?:(?:begitu|demikian|lagi|masih|lebih)\s+)?(?P<verb>{_STEMS}|said|says|added|told)"
    r"(?P<own>nya|ku)?\b\s*(?P<rest>[^\n]*)",
)
# And before it: Ratna mengatakan, "…".
_SAYS = re.compile(
    r"\b(?:(?:meng?atakan|menyatakan|berkata|berujar|bertutur|menegaskan|menjelaskan|menuturkan|"
    r"menyebut(?:kan)?|mengungkapkan|menulis(?:kan)?|menambahkan|menerangkan|memaparkan|"
    r"membeberkan|mengaku|menilai|mengucapkan|menyampaikan|menanggapi|menjawab|bertanya|berpesan|"
    r"berharap|menceritakan|bercerita|meminta|mengingatkan|melanjutkan|membantah|mengklaim|"
    r"membenarkan|memastikan|mengonfirmasi|menekankan|mengakui|mengumumkan|"
    r"berpendapat|berkomentar|mengungkap|merinci|memperingatkan|mencontohkan|mengusulkan|"
    r"menyayangkan|menyesalkan|menduga|menimpali|berjanji|mengkritisi|mengapresiasi|mendesak|"
    r"menyarankan|mengimbau|mengajak|berseru|berseloroh|berkelakar|menyindir|mengeluh|mengenang)|"
    rf"(?P<short>{_STEMS}|said|says|told))\b"
)
# "Hal itu disampaikan Ratna Dewanti di lokasi."
_TOLD_BY = re.compile(
    r"\bdi(?:sampaikan|ungkapkan|katakan|tegaskan|jelaskan|benarkan|konfirmasi|kemukakan|utarakan)"
    r"\s+(?:oleh\s+|langsung\s+)*(?=[A-Z])"
)
_VOICED = re.compile(rf"\b(?:{_STEMS}) (?:\w+ )?(?P<name>[A-Z]\w+)\b(?! [A-Z])")
_ACCORDING = re.compile(r"(?:[Mm]enurut|[Aa]ccording to)\s+")
_PRONOUN = re.compile(r"(?:dia|ia|beliau|nya|he|she)\b", re.IGNORECASE)
_THAT_ONE = re.compile(r"[a-z][^,.;:]{0,80}?\b(?:itu|ini|tersebut)\b")
_THIS_ONE = re.compile(r"[A-Z][^,.;:]{0,80}?\b(?:itu|ini|tersebut)\b")  # "Ketua Komisi E itu"
_IN_BRACKETS = re.compile(r" ?\([^()]*\)")
_THING = re.compile(
    r"(?:situs|laporan|media|akun|pernyataan|surat|militer|lembaga|perusahaan|pihak|netizen|warganet|"
    r"badan|studi|artikel|video|unggahan|atasan|sumber|kabar|informasi|pesan|keterangan|rilis|"
    r"pengumuman|postingan|siaran|"
    # "kata mahasiswa tersebut" to somebody who has a name
    r"mahasiswa|siswa|warga|saksi|penonton|penumpang|pengguna|suporter|demonstran)\b"
)
# Behind these stands whose partner or child it is that speaks, not who speaks.
_RELATIVE = re.compile(
    r"(?:mantan\s+)?(?:istri|suami|janda|duda|ibu|ayah|ibunda|ayahanda|anak|putra|putri|adik|kakak|kekasih|"
    r"pacar|tunangan|partner|pasangan|rekan|sahabat|kerabat|keluarga)(?:\s+setim)?\s+(?=[A-Z])"
)
# "Kedatangan Jennie", at the beginning of a sentence.
_ABSTRACT = re.compile(r"(?:Ke|Pe[mnr]?|Peng|Per)[a-z]{4,}an")
_INITIAL = re.compile(r"\b[A-Z]\.")
_DEGREE = re.compile(r"Sp[A-Z]?\w*|[SM]\.?[A-Z]{1,2}[a-z]*|Ph\.?D|MM|MBA|MSi|MKes")
_WEEKDAYS = frozenset("senin selasa rabu kamis jumat sabtu minggu".split())
# "WhatsApp" and "TransJakarta" are bodies, "McLaren" and "DiCaprio" may be people.
_BODY = re.compile(r"(?!Mc|Mac|De|Di|Le|La|Van|O')\w*[a-z][A-Z]\w*")
_ANAPHOR = re.compile(r"(?:[Mm]enurut(?:nya| dia)|[Ii]a|[Dd]ia|[Bb]eliau)\b")
_FROM = re.compile(
    r"\b(?:asal|dari|di|ke|kawasan|[Jj]alan|gedung|kantor|hotel|desa|klub|timnas|pada|oleh|terhadap|"
    r"kepada|dihubungi|ditemui|dikutip|dilansir|laman|media|koran|harian|situs)\s+$"
)
_SPOKEN_OF = re.compile(r"\s+(?:itu|ini|tersebut)\b")  # "Eks pemain Laguna FC itu mengatakan"
_TWO = re.compile(r"(?<=\w) dan (?=[A-Z])")  # two people, where names are read as one
_PLACE = re.compile(
    r"\b(?:Kabupaten|Kota|Desa|Kecamatan|Kelurahan|Provinsi|Pulau|Kampung|Gunung(?: Api)?|di)\s+"
    r"([A-Z]\w+)"
)
_AT = re.compile(r"\bdi ((?:[A-Z]\w+ )*[A-Z]\w+)")  # the whole of a name that is a place's
# Behind these stands where, before who: "Bupati Lembah Tatang Rudiana".
_REGIONAL = frozenset(
    "bpbd bupati cabang camat dandim daop dprd kajari kapolres kapolresta kapolsek kejari kodim "
    "pdam polres polresta polsek rsud".split()
)
_REGIONS = frozenset("desa dusun kabupaten kampung kecamatan kelurahan provinsi pulau".split())
_KIN = frozenset("ayah ayahanda ibu ibunda istri suami anak putra putri adik kakak".split())
_GIVEN = frozenset("abdul achmad ahmad moh mohamad mohammad muhamad muhammad siti sri".split())
_LEAST_LETTERS: Final = 4  # of each of two words that stand without a space
_TWO_WORDS: Final = 2  # that a name keeps
_VERB = re.compile(r"(?:[Mm]e(?:m|n|ng|ny)|[Dd]i|[Tt]er|[Bb]er)[a-z]{4,}")
# Shares of its places in which a word is written small. Of 6,694 quotations of both archives 448
# have another speaker by them and by the rules beside them: most lose a word before the name.
_WORD_ELSEWHERE: Final = 0.9
_OF_A_HEADLINE: Final = 0.97
_MORE_OFTEN_SMALL: Final = 0.5
_WORDS: Final = 12  # of a name with its offices; headlines that ran together have more
_NEAR_VERB: Final = 80  # characters before "mengatakan" in which its subject stands
_DONE = re.compile(r"[.!?]\s*$")
_NEAR: Final = 2  # line breaks after which a quotation by itself is nobody's
_AT_ONCE: Final = 60  # characters of a sentence within which its subject stands
_INITIALS: Final = 3  # letters from which capitals are those of a body: "DKI Jakarta Ratna"
# Behind the name of who speaks: where, when, to whom.
_ENDS = re.compile(
    r"[,;:(\n]|(?<!\bKH)(?<!\bDr)(?<!\bProf)(?<!\b[A-Z])\.|"
    r"\s(?:kepada|saat|ketika|di|dalam|usai|seusai|pada|sambil|dikutip|seperti|melalui|"
    r"lewat|dari|setelah|sebelum|sembari|seraya|menanggapi|menjawab|terkait|soal|lagi|menirukan|"
    r"dilansir|dihubungi|ditemui|dikonfirmasi|sebagaimana|kemarin|hari|ini|itu|dengan|tentang|yang|selaku|"
    r"sebagai|merupakan|to|in|on|at|when|after|"
    r"(?!menteri|menantu|mendiang)me(?:m|n|ng|ny)[a-z]{4,})\b"  # "Ratna mengutip Tirta"
)
# Words of offices and bodies: the name of a person is what follows the last of them.
_OFFICE = frozenset(
    """administrasi aduan advokasi affairs agama agraria ahli aipda aiptu air ajun akbp akp
    aksi aktor aktris akun al-qur'an aljazair allah alquran analis analisis angeles
    anggaran anggota angkasa angkatan angkutan aparatur aplikasi artis asasi aset asisten
    asosiasi asset asuransi austria ayah baca badan bagian bahrain balai bandara bang
    bangkok bangladesh banjarnegara bank banking bantuan banyuwangi bapak bapenda bappebti
    bappenas barang bareskrim basarnas bawaslu bca bea bei bek belanda belgia bem bencana
    bendahara berjangka bermotor bersenjata besar bicara bidang bina bintan biro bisnis bjb
    bkd bkkbn bkn bkpm bmkg bni bnn bnpb bos boyolali bpbd bpjs bpk bpn bpom bpp bppt bps
    bri brigadir brigjen brimob bripda bripka briptu btn bu budaya buleleng bulgaria bulog
    bumn bupati buruh cabang california calon camat capital ceko center centre ceo chairman
    channel chief chile cilegon ciputat cirebon co communication communications commuter
    consumer corp corporate cukai daerah danantara danrem daop dapil darat darurat dasar
    data daya debut dekan dekranas demokrasi demokrat denmark densus departemen deputi desa
    desain destinasi detasemen detektif dewan digital dijelaskan dinas dinkes director
    direktorat direktur dirjen dirut disbudparpora distribusi ditjen ditlantas divisi diy
    djp dki dlh dokter dosen dpc dpd dpp dpr dprd dpw dr dra drs dubes duchess duke duta
    economist editor ekonom ekonomi ekosistem eks eksekusi eksekutif eksternal ekuador
    elektronika energi engineering esdm etiopia executive fakultas fc federasi fellow
    filipina financial finlandia fk food foto foundation founder fraksi future futures
    gabungan gadis gaikindo gakkum garut gedung gegana gelandang gempa general geofisika
    gerindra ghana gizi gol golkar grobogan group grup gubernur gunung guru gus habib haiti
    haji hak hakim ham harian head hidup hilirisasi hj hubungan hukum humas hungaria hutan
    ibu icw ii iii ikn ikuti ilmu imigrasi indef independen indonesia induk industri
    informasi informatika infrastruktur inspektorat inspektur instagram institut institute
    insurance intelijen internal internasional international investasi investigasi ipb ipda
    iptu ir irjen irlandia islandia istana istri itb iv jakarta jaksa jasa jasamarga
    jatinegara jawa jayapura jeddah-madinah jenderal jendral jerman jubir juga jumat juri
    juru kabag kabid kabinet kabupaten kades kadin kadinkes kadis kadisdik kadishub kadispen kadiv
    kai kajari kajati kak kalapas kalibata kalimantan kalsel kamerun kamis kampanye kampar
    kanit kantor kapendam kapolda kapolres kapolresta kapolri kapolsek kapolsubsektor
    kapten kapuskesmas karawang kartanegara karutan karya kasat kasdim kasi kasubag
    kasubdit kawasan kazakhstan keamanan kebakaran kebijakan kebudayaan kebun kecamatan
    kecelakaan kedokteran kehadiran kehakiman kehormatan kehutanan kejagung kejaksaan
    kejati kekayaan kelas kelautan kelembagaan keluarga kemanusiaan kemaritiman kemendag
    kemendikbud kemenhub kemenkes kemenkeu kemenko kementan kementerian kendaraan kenya
    kepala kepatuhan kepelautan kepindahan kepolisian kepresidenan kepri kepulauan kerajaan
    kerinci kerja kesatuan kesbangpol kesehatan ketenagakerjaan ketua keuangan kh khusus
    kiai kiper kkp klhk klimatologi kodam kodim kolaka kolombia kolonel kombes komdigi
    komersial komersil kominfo komisaris komisi komisioner komite komjen komnas kompol
    komunikasi koni konjen konser konservasi konstitusi konstruksi konsul konsumer
    koordinasi koordinator koperasi korban korem korlantas korporat korps korupsi kota kpai
    kpi kpk kpkp kpu kreatif kriminal kroasia kuasa kuba kupang kutai kuwait ky laksamana
    laksda lalu lamongan lantas lapangan laut layanan lbh lebanon legenda legislasi lelaki
    lembaga leste letda letjen letkol letnan lettu libya lihat lingkungan lintas lipi luar
    lurah mabes mahkamah majalah majelis makam management manager manajemen manajer
    manchester manggarai mantan manusia marga maritim market marketing maroko marsekal
    masyarakat mayjen mayor mbak media medis menag menaker mendag mendagri mendikbud menengah
    menhan menhub menkes menkeu menko menkopolhukam menkumham menlu menpan menpora
    menristekdikti mensos mentan menteri menurut metal meteorologi metro migas miliarder
    mineral minggu minister mk mnc modal mongolia mpr mrt muhammadiyah mui nagekeo namun
    narkoba nasdem nasional national negara negeri nepal nigeria norwegia ntb nu of officer
    official ojk olahraga om oman ombudsman operasi operasional operation operations
    otonomi otorita otoritas padangsidimpuan pahlawan pajak pak pakar panama pancoran
    pandeglang pangan pangandaran pangdam pangeran panglima panitia panja para paraguay
    pariwisata partai pasar paser pastor paur paus pbnu pbsi pdi-p pdip pebulutangkis
    pekanbaru pekerjaan pelabuhan pelaksana pelatih pelayanan pelda pelindo pelindungan
    peltu pemadam pemain pemasaran pemasyarakatan pembalap pembangunan pembayaran
    pemberantasan pemberdayaan pembina pembinaan pemeriksa pemeriksaan pemerintah pemkab pemkot
    pemerintahan pemilu pemprov pemuda penajam penanggulangan penataan pencegahan
    pendayagunaan pendeta pendidikan pendiri penegakan peneliti penelitian penerangan
    penerbangan pengacara pengadilan pengamat pengamatan pengarah pengawasan pengelolaan
    pengembangan pengendalian penggerak pengkajian pengurus penindakan penjaringan penmas
    penuntut penuntutan penyanyi penyerang percepatan perdagangan perekonomian perempuan
    perencanaan perhubungan perikanan perindustrian perkapalan perlindungan permukiman pers
    persatuan pertahanan pertama pertanian peru perum perumahan perusahaan perwakilan
    petenis petinju pgn phri pidana pilkada pjs pkb pkk planner plh pln plt pm pn pol polairud
    polandia polda polhukam polisi politik politikus politisi polres polresta polrestabes
    polri polsek ponorogo pontianak postingan potret pp ppatk ppih presenter presiden
    president pria pringsewu probolinggo product produser prof profesor program properti
    protokol provinsi psi pssi pt ptpn pu public publik pupr pura purwakarta pusat
    puskesmas qatar rabu rakyat redaktur reformasi regident region regional rektor
    relations relawan republik reserse reskrim resmob resor retail retribusi ri riset risk
    rsud rt rumah rumania rw sabtu sains sakit saksi sales sampah sang sar satgas satlantas
    satpol satuan sdn secretary sejahtera sekda sekjen sekolah sekretariat sekretaris seksi
    sektor sekuritas selasa sementara senator senegal senin senior seperti serang serbia
    serda sergai serma sertu sesepuh setda si siber simak sistem sleman slovakia sman
    soekarno-hatta software sosial spokesman spokesperson staf stasiun statistik strategic
    strategis studi suami sub subdit sudan suku sulawesi sumatera sumber sungaipenuh
    sutradara swedia taliban taman tampak tanaman tangerang tanggamus tangsel tante
    tasikmalaya tata tbk teknikal teknis teknologi telkom tenaga terlebih terlihat terminal
    tertentu tim timnas timor tindak tinggi tinju tni tol transformasi transjakarta
    transportasi tuduhan tunisia twitter uang udara umkm umum unggahan unit universitas
    university uns unviersitas uruguay urusan usaha uskup ustadz ustaz utama utusan
    uzbekistan venezuela vice video vokasi voli vp wakapolda wakapolres wakasat wakil wali
    walikota wanita wapres warga wartawan waskita watch wni yayasan ylbhi yordania yunani""".split()
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words in quotation marks: `text[start:end]` with the marks, and who says them.

    `speaker`: the name as the text gives it at its fullest, "" where that is not clear;
    `named`: whether the sentence itself names who speaks, by whatever part of the name.
    """

    start: int
    end: int
    speaker: str
    named: bool


@lru_cache(maxsize=512)
def quotations(text: str) -> tuple[Quotation, ...]:
    """Return the direct quotations of a text of four words and more, in order."""
    return tuple(_Scan(text).read())


class _Scan:
    """One text as it is read from its beginning: whom it names, and who has the word."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans = [match.span() for match in _QUOTED.finditer(text)]
        self._bare = _QUOTED.sub(lambda match: "_" * len(match[0]), text)
        self._places = {fold(match[1]) for match in _PLACE.finditer(self._bare)}
        self._at = {fold(match[1]) for match in _AT.finditer(self._bare)}
        named = _names(self._bare)
        single = [name for name in named if " " not in name.text]
        self._inside = frozenset(
            fold(word) for name in named for word in name.text.split()[1 if name.initial else 0 :]
        )
        self._whole = frozenset(fold(name.text) for name in named)
        self._alone = frozenset(fold(name.text) for name in single)
        self._borne = frozenset(fold(name.text) for name in single if not name.initial)
        self._voiced = {fold(match["name"]) for match in _VOICED.finditer(self._bare)}
        self._bracketed = {fold(word) for word in re.findall(r"\((\w+)\)", self._bare)}
        self._small = frozenset(re.findall(r"\b[a-z][a-z-]{3,}\b", self._bare))
        self._people = [(self._freed(name), at) for name, at in _people(self._bare)]
        self._speakers: set[str] = set()  # words of the names of those who are said to speak
        for start, _ in self._spans:
            self._heard(start)
        self._word = ""  # who has it
        self._since = 0  # where that was said

    def read(self) -> Iterator[Quotation]:
        found: list[Quotation] = []
        at = 0
        for start, end in self._spans:
            self._told(at, start)
            if (one := self._quotation(start, end)) is not None:
                found.append(one)
                if one.named or not one.speaker:  # "kata jaksa": the one before has it no more
                    self._word, self._since = one.speaker, end
            at = end
        for place, one in enumerate(found):
            later = found[place + 1] if place + 1 < len(found) else None
            yield self._settled(one, later)

    def _heard(self, start: int) -> None:
        end = next(e for s, e in self._spans if s == start)
        if spoken := _AFTER.match(self._bare, end):
            self._speakers |= set(fold(self._full(_speaker(spoken["rest"]), start)).split())

    def _told(self, begin: int, end: int) -> None:
        """Take from the sentences between two quotations who has the word now."""
        for span in sentences(self._bare[begin:end]):
            said = self._bare[begin + span.start : begin + span.end]
            name = _subject(said) or self._known(said)
            if name and not self._common(name) and self._may_speak(name):
                self._word = self._full(name, begin + span.start)
                self._speakers |= set(fold(self._word).split())
                self._since = begin + span.end

    def _common(self, name: str) -> bool:
        """Tell a word that only began its sentence, "Langkah itu", from a name."""
        word = re.escape(name)
        common = rf"\b(?:{word.lower()}\b|{word} (?:itu|ini|tersebut)\b)"
        return " " not in name and re.search(common, self._bare) is not None

    def _may_speak(self, name: str) -> bool:
        """Tell who is called by one word from what is left of an office: "Subdit IV Tipiter"."""
        own = fold(name)
        if " " in name or own in self._voiced:
            return True
        return own in self._alone - self._bracketed and own not in self._places

    def _known(self, said: str) -> str:
        """Return whom a sentence begins with, where that is somebody who speaks in this text."""
        first = next(iter(names(said)), None)
        if first is None or first.start > _AT_ONCE or _ANAPHOR.match(said):
            return ""
        person = person_of(first.text)
        known = self._speakers.union(*(fold(said).split() for said, _ in self._people))
        known |= self._voiced
        says = " " not in person and _SAYS.search(said) is not None
        own = set(fold(person).split())
        return person if own & self._speakers or (says and own & known) else ""

    def _quotation(self, start: int, end: int) -> Quotation | None:
        if len(self._text[start:end].split()) < _LEAST_WORDS or self._text[start + 1].isspace():
            return None  # what a scraper left between two quotations looks like one
        if spoken := _AFTER.match(self._bare, end):
            return self._behind(spoken, start, end)
        before = self._bare[self._begin(start) : start].lstrip(" -–—.,")
        if not before.strip():
            if self._bare[end : end + 2].strip()[:1].islower():
                return Quotation(start, end, "", named=False)
            near = self._bare.count("\n", self._since, start) <= _NEAR
            return Quotation(start, end, self._word if near else "", named=False)
        says = _SAYS.search(before) or _ACCORDING.match(before)
        if says and before.rstrip().endswith((",", ":", "bahwa")):
            name = _subject(before)
            speaker = self._full(name, start) if name else self._word
            return Quotation(start, end, speaker, named=bool(name))
        return None  # words inside a sentence that nobody is said to have spoken

    def _behind(self, spoken: re.Match[str], start: int, end: int) -> Quotation:
        rest = spoken["rest"]
        if spoken["own"] or _PRONOUN.match(rest) or not rest.strip(" .,_"):
            return Quotation(start, end, self._word, named=False)
        if _RELATIVE.match(rest) and not re.match(r"[^,.]{0,60},\s*[A-Z]", rest):
            return Quotation(start, end, "", named=False)
        if rest.startswith(("mereka", "they")):
            return Quotation(start, end, "", named=False)
        if _THAT_ONE.match(rest):
            thing = _THING.match(rest)
            return Quotation(start, end, "" if thing else self._word, named=False)
        name = _speaker(rest)
        speaker = self._full(name, start)
        if not speaker and _THIS_ONE.match(rest):
            return Quotation(start, end, self._word, named=False)
        return Quotation(start, end, speaker, named=bool(name))

    def _begin(self, at: int) -> int:
        """Return where the sentence begins in which `at` lies, the last quotation left out."""
        line = max(self._bare.rfind("\n", 0, at), self._bare.rfind("_", 0, at)) + 1
        spans = sentences(self._bare[line:at])
        return line + spans[-1].start if spans and not _DONE.search(self._bare[line:at]) else at

    def _settled(self, one: Quotation, later: Quotation | None) -> Quotation:
        """Compare with the next quotation where nothing but space stands between the two."""
        if one.named or later is None or not later.named or later.speaker == one.speaker:
            return one
        between = self._bare[one.end : later.start]
        if between.strip():
            return one
        return replace(one, speaker="" if "\n" in between and one.speaker else later.speaker)

    def _freed(self, name: str) -> str:
        """Return a name without the words and the place before it: "Lembah Tatang Rudiana".

        One that the text names elsewhere, or that is left out where it says only "Tatang".
        """
        words = self._without_words([self._whole_word(word) for word in name.split()])
        words = self._called_by(words)
        while len(words) > _TWO_WORDS:
            first = fold(words[0])
            # "Menteri Sains dan Teknologi Brian Yuliarto", where the text speaks of "teknologi"
            is_word = first in self._small - self._alone - _GIVEN - _KIN
            if first not in self._places and not is_word:
                break
            words = words[1:]
        return " ".join(words)

    def _called_by(self, words: list[str]) -> list[str]:
        """Leave out bodies and places before the word by which the text goes on: "… kata Tatang".

        Or before a name of two words that it gives alone, too.
        """
        for at in range(1, len(words) - 1):
            before = fold(words[at - 1].strip("."))
            if before in _GIVEN | _KIN or len(before) == 1:
                break
            called = fold(words[at])
            goes_on = called in self._alone - self._places - PLACES
            if goes_on or fold(" ".join(words[at:])) in self._whole:
                return words[at:]
        said = [fold(word) in self._voiced for word in words]
        if len(words) > _TWO_WORDS and any(said) and not said[0] and fold(words[0]) in self._borne:
            return words[1:]  # "Laguna Energi Ranu Jaya": Laguna is spoken of, Jaya speaks
        if len(words) == _TWO_WORDS and fold(words[1]) in self._borne:
            return words[1:] if fold(words[0]) in self._places or share_small(words[0]) else words
        return words

    def _without_words(self, words: list[str]) -> list[str]:
        """Leave out what is written small elsewhere: "Diakui Ratna" only begins its sentence.

        Nothing is left of headlines, "Ratna Ungkap Rencana Jembatan", and of words alone.
        """
        while words and self._begins(words[0]) and words[:2] != ["Anak", "Agung"]:
            if fold(words[0]) in _KIN:
                return []  # "Ibunda Ratna" is not Ratna
            words = words[1:]
        inside = [
            at for at, word in enumerate(words[:-1])
            if at and self._small_in(word) >= _WORD_ELSEWHERE
        ]  # fmt: skip
        if inside:
            is_office = fold(words[0]) in _OFFICE or words[0].isupper()
            if not is_office and any(self._small_in(words[at]) >= _OF_A_HEADLINE for at in inside):
                return []
            words = words[inside[-1] + 1 :]
        while len(words) > 1 and self._is_word(words[-1]):
            ends = self._small_in(words[-1]) >= _OF_A_HEADLINE or fold(words[-1]) in self._small
            if not ends and not _VERB.fullmatch(words[-1]):
                break  # "Ricky Cuaca", "Joko Prihatin"
            words = words[:-1]
        offices = [self._is_office(word) for word in words]
        places = [fold(word) in self._places or fold(word) in PLACES for word in words]
        if any(offices) and all(map(or_, offices, places)):
            return []
        return [] if fold(" ".join(words)) in self._at else words

    def _is_office(self, word: str) -> bool:
        shouted = word.isupper() and not may_be_a_person(word)
        known = fold(word) in _OFFICE or fold(word) in self._small - self._borne
        return known or self._small_in(word) > 0 or len(word) == 1 or shouted

    def _whole_word(self, word: str) -> str:
        """Return a word of a name without the word that lost its space: "Thohirbangga"."""
        for at in range(_LEAST_LETTERS, len(word) - _LEAST_LETTERS + 1):
            apart = fold(word[:at]) in self._inside or _VERB.fullmatch(word[at:])
            if apart and share_small(word[at:]) >= _WORD_ELSEWHERE:
                return word[:at]
        return word

    def _begins(self, word: str) -> bool:
        """Tell a word whose capital comes from the beginning of a sentence only."""
        return self._is_word(word) or (fold(word) not in self._inside and self._small_in(word) > 0)

    def _is_word(self, word: str) -> bool:
        share = self._small_in(word)
        return share >= _WORD_ELSEWHERE or (share > 0 and fold(word) in self._small)

    def _small_in(self, word: str) -> float:
        """Return in which share a word is written small, 0.0 for one that is a name here."""
        if fold(word) in self._borne:
            return 0.0
        half, _, other = word.lower().partition("-")
        return share_small(half if half == other else word.strip(".,"))

    def _full(self, name: str, at: int) -> str:
        """Return the fullest form in which the text gives a name, the nearest before `at`."""
        if name.isupper() and " " not in name and not may_be_a_person(name):
            return self._holder(name)
        name = self._freed(name)
        own = set(fold(name).split())
        # nobody's name: "Wali Kota", or nothing
        if own <= _OFFICE or is_a_body(name) or not person_of(name):
            return ""
        fuller = [each for each in self._people if own <= set(fold(each[0]).split())]
        if not fuller:
            return name
        before = [each for each in fuller if each[1] <= at] or fuller[:1]
        longest = max(len(each[0].split()) for each in before)
        best = [said for said, _ in before if len(said.split()) == longest]
        often = Counter(best)
        # The nearest of those that stand most often: "Erick Thohirbangga" lost a space.
        return max(reversed(best), key=lambda said: often[said])

    def _holder(self, office: str) -> str:
        """Return who is named behind an office of one word: "KSAU", "(Menkominfo)"."""
        behind = re.search(rf"\b{re.escape(office)}\)? ([A-Z][^,.(\n]*)", self._bare)
        found = names(behind[1]) if behind else ()
        person = self._freed(person_of(found[0].text)) if found and not found[0].start else ""
        return person if person != office and may_be_a_person(person) else ""


def person_of(name: str) -> str:
    """Return the name of a person without the offices before it; "" where nothing is left."""
    words = _TWO.split(name)[-1].split()
    if len(words) > 1 and _ABSTRACT.fullmatch(words[0]):
        words = words[1:]
    while words and fold(words[-1].strip(".,")) in _WEEKDAYS:
        words.pop()
    if len(words) > _WORDS:
        return ""
    for at in range(len(words) - 1, -1, -1):
        bare = fold(words[at].strip(".,"))
        body = bare in _OFFICE or bare.startswith("kemen") or words[at].isupper()
        body = body and (bare in _OFFICE or len(bare) >= _INITIALS or is_an_acronym(words[at]))
        body = body or (at < len(words) - 1 and _BODY.match(words[at]) is not None)
        if body or (bare in PLACES and at < len(words) - (1 if at else 2)):
            words = words[at + 1 :]
            if bare in _REGIONS and len(words) == 1:
                return ""  # "Kecamatan Sukamaju"
            if bare in _REGIONAL and len(words) > _TWO_WORDS and fold(words[0]) not in _GIVEN:
                words = words[1:]
            break
    found = " ".join(words)
    if all(fold(word) in PLACES for word in words):
        return ""
    return found if len(found) > 1 and (" " in found or not _BODY.fullmatch(found)) else ""


def _people(bare: str) -> list[tuple[str, int]]:
    """Return the names of people of two words and more that a text gives, with their places."""
    found = []
    for span in sentences(bare):
        for name in names(bare[span.start : span.end]):
            for one in name.text.split("/"):  # "Ranu Jaya/Tirta Buana" play together
                person = person_of(one)
                if " " in person and may_be_a_person(person):
                    found.append((person, span.start + name.start))
    return found


def _names(bare: str) -> list[Name]:
    """Return the names that a text gives, sentence by sentence."""
    return [name for span in sentences(bare) for name in names(bare[span.start : span.end])]


def _subject(said: str) -> str:
    """Return who is said to speak in a sentence, or whom it begins with; "" for nobody."""
    if according := _ACCORDING.match(said):
        return _speaker(said[according.end() :])
    if told := _TOLD_BY.search(said):
        if name := _speaker(said[told.end() :]):
            return name
    if spoken := _SAYS.search(said):
        if spoken["short"] and said[: spoken.start()].rstrip().endswith(","):
            if behind := _speaker(said[spoken.end() :].lstrip()):
                return behind  # "Laguna FC, kata Ratna, setuju"
        before = [name for name in _people_in(said[: spoken.start()]) if name]
        if before:
            return before[-1]
        if alone := _apposed(said):
            return alone
        return _speaker(said[spoken.end() :]) if spoken["short"] else ""
    return ""


def _apposed(said: str) -> str:
    """Return the one word that a sentence begins with where its own words follow a comma."""
    first = next(iter(names(said)), None)
    if first is None or first.start or " " in first.text or said[first.end : first.end + 2] != ", ":
        return ""
    return first.text if person_of(first.text) and may_be_a_person(first.text) else ""


def _people_in(said: str) -> list[str]:
    near = said[-_NEAR_VERB:]
    if any(name.text.endswith((" Ia", " Dia", " Beliau")) for name in names(near)):
        return []  # a sentence that lost its full stop before: "… Laguna Ia menilai"
    found = [
        person_of(n.text)
        for n in names(near)
        if may_be_a_person(n.text)
        and not _DEGREE.fullmatch(n.text)
        and (" " in n.text or not n.initial)
        and not _FROM.search(near[: n.start])
        and not (_SPOKEN_OF.match(near[n.end :]) and _belongs(near[: n.start], n.text))
    ]
    plain = [n for n in found if "." not in (_INITIAL.sub("", n) if " " in n else n).strip(".")]
    return [name for name in plain if name and may_be_a_person(name)]


def _belongs(before: str, name: str) -> bool:
    """Tell "Eks pemain Laguna FC itu", "Putri Ketua Ratna Dewanti itu": somebody of theirs."""
    last = before.split()[-1:] or [name]
    first = (before.split() or name.split())[0]
    return last[0].islower() or fold(first) in _KIN


def _speaker(rest: str) -> str:
    """Return the name at the beginning of what stands behind "kata", "" where there is none.

    Of "pelatih Madura, Rahmad Basuki" that is what stands behind the comma.
    """
    head = rest[: _stop(rest)]
    found = names(head)
    first = head.split(maxsplit=1)[0] if head.strip() else ""
    office = first[:1].islower() or fold(first) in _OFFICE
    office = office or any(share_small(word) >= _MORE_OFTEN_SMALL for word in head.split())
    office = office or (bool(found) and not person_of(found[0].text))
    if office and (person := _behind_commas(_IN_BRACKETS.sub("", rest))):
        return person
    if office and (person := _beyond(rest, head)):
        return person
    for name in reversed(found):
        person = person_of(name.text)
        # Behind words in small letters a single name is that of a body or place.
        if person and may_be_a_person(person) and (not first[:1].islower() or " " in person):
            return person
    last = found[-1].text if found and not first[:1].islower() else ""
    return "" if any(map(str.isdigit, last)) else last


def _beyond(rest: str, head: str) -> str:
    """Return who stands behind an office of a body: "Kepala Unit pada DKP Lembah Ratna Dewanti"."""
    if not rest.startswith(" pada ", len(head)):
        return ""
    body = rest[len(head) + len(" pada ") :]
    found = names(body[: _stop(body)])
    person = person_of(found[0].text) if found and not found[0].start else ""
    return person if " " in person and person != found[0].text else ""


def _behind_commas(rest: str) -> str:
    """Return who is named behind an office and its place: ", Lembah, Ratna Dewanti di lokasi"."""
    single = ""
    at = _stop(rest)
    while rest[at : at + 1] == ",":
        rest = rest[at + 1 :].lstrip()
        at = _stop(rest)
        found = names(rest[:at])
        if rest.startswith("dan "):
            continue  # "Dinas Pariwisata, Kepemudaan, dan Olahraga, Ratna Dewanti"
        if not rest[:1].isupper() or not found or found[0].start:
            break
        person = person_of(found[0].text)
        if person and may_be_a_person(person) and not _DEGREE.fullmatch(person):
            if " " in person:
                return person
            single = single or ("" if share_small(person) else person)
    return single


def _stop(rest: str) -> int:
    end = _ENDS.search(rest)
    return end.start() if end else len(rest)
