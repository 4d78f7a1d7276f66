"""What page furniture looks like, line by line, in Indonesian and English.

Three kinds of signal, none of them knows a particular outlet: whole lines that only ever stand
beside an article (`_SURE`), openings that lead into a link or a form (`_LEADS`), and the share of
words that belong to a web page rather than to news (`web_share`). The page as a whole is judged in
`warta.corpus.cleaning.zones`; here a line is judged alone.
"""

import re
from functools import lru_cache

# ruff: noqa: E501


def _joined(lines: str, by: str) -> re.Pattern[str]:
    return re.compile(by.join(line.strip() for line in lines.strip().splitlines()), re.I)


QUOTES = "\"“”'‘’«"
LONGEST = 400
"""Characters of the longest furniture line that is told from a paragraph."""
_LONGEST_POINTER = 240
_NETWORKS = (
    "facebook|fb|twitter|tweet|whatsapp|wa|telegram|instagram|ig|youtube|tiktok|pinterest|linkedin|"
    "threads|line|messenger|reddit|tumblr|snapchat|bluesky|x|google|gmail|viber|wechat"
)
_MONTHS = (
    "jan(?:uari|uary)?|feb(?:ruari|ruary)?|mar(?:et|ch)?|apr(?:il)?|mei|may|jun[ie]?|jul[iy]?|"
    "a(?:gustus|ugust|gu|ug|gt)|sept?(?:ember)?|o[kc]t(?:ober)?|nov(?:ember)?|de[sc](?:ember)?"
)
_DAYS = (
    "senin|selasa|rabu|kamis|jum['’]?at|sabtu|minggu|ahad|"
    "mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun|monday|tuesday|wednesday|thursday|friday|"
    "saturday|sunday"
)
_TIME_WORDS = (
    rf"{_MONTHS}|{_DAYS}|wib|wita|wit|am|pm|gmt|utc|pukul|jam|lalu|ago|yang|hari|hours?|days?|"
    r"minutes?|menit|detik|weeks?|pekan|bulan|months?|at|on|last|updated?|published|posted|"
    r"diperbarui|diterbitkan|dipublikasikan|dimuat|tayang|terbit|tanggal|date|oleh|by|admin"
)
TIMESTAMP = re.compile(rf"(?=.*\d)(?:\b(?:{_TIME_WORDS})\b|[\d\s.,:;/|()·•–—-])+", re.I)

_SECOND_PERSON = frozenset(
    "anda kamu kami your you our we silakan silahkan mohon harap please".split()
)
_THIS_PAGE = re.compile(
    r"\b(?:situs|website|laman|halaman|portal|artikel|konten)(?: web)? ini\b|"
    r"\bthis (?:web)?(?:site|page|article|story)\b",
    re.I,
)
_NEXT_SENTENCE = re.compile(r"[.!?][\"”’]? ?,? ?[\"“‘]?[A-Z].*[a-z].*[a-z]")
_LINKISH = re.compile(r"[|•·»›>→←▶►✕©®†#@/\\]|https?:|www\.|\.(?:com|co|id|net|org)\b", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_COMMENT_HEADS = re.compile(r"\b(?:komentar|comments?|tanggapan|balasan|reply|replies)\b", re.I)
_LIST_HEADS = re.compile(
    r"\b(?:juga|terkait|serupa|lainnya|lain|populer|terpopuler|pilihan|rekomendasi|trending|dibaca|"
    r"selanjutnya|terkini|terbaru|related|also|recommended|read|latest|recent|like|more|next)\b",
    re.I,
)
_HINT = re.compile(r"\b(?:[Aa]nda|[Kk]amu|[Kk]ami|[Yy]our?|[Oo]ur|[Ww]e|[Ii]ni|[Tt]his)\b|[|»›•©→]")
_SEPARATORS = re.compile(r"\s*[|»›•·→]\s*|\s+[>/~:-]\s+")
_EDGES = " \t*•·–—-:»«›‹>|<→←↑↓▶►◄▲▼✓✔●○■□▪…._()[]{}#+,;!?\"'“”‘’"
_NETWORK_RUN = re.compile(
    rf"(?!(?:dan|and|di|ke|on|to|us|kami|via)\b\W*$)(?:(?:{_NETWORKS}|share|bagikan|on|via|ke|di|copy|link|salin|tautan|email|cetak|print|kirim|"
    r"follow|ikuti|kami|us|dan|and|to)\b[\s|,/•·&:+-]*)+",
    re.I,
)
_CREDIT = re.compile(
    r"[(\[/]\s?(?:foto|photo|dok|doc|dokumentasi|istimewa|ist|sumber foto|antara foto|shutterstock|"
    r"getty|unsplash|pixabay|pexels|freepik|istock|(?:reuters|afp|ap|epa|antara)\s?/)"
    r"[^)\]]{0,60}[)\]]\s?\.?$",
    re.I,
)
_POINTER = re.compile(
    r"(?:baca|lihat|simak|tonton|cek|read|see|watch|also|berita|artikel|jangan|don't|kabar|related)"
    r"\b.{0,24}:\s*\S.{12,}",
    re.I,
)
_BETWEEN = re.compile(
    r"(?:advertisement|advertorial|iklan|ads?\b|sponsored|pariwara|scroll(?! to top| ke atas)|"
    r"gulir|geser|lanjut|continue|gambas|halaman (?:selanjutnya|berikutnya|\d)|next page|page \d|"
    r"(?:\d+ ){2,}|pilihan (?:redaksi|editor)|"
    r"(?:simak|saksikan|tonton|lihat|watch)\b.{0,30}\b(?:video|videonya|infografis|foto|tayangan)|"
    r"perbesar|klik|click|embed|video)",
    re.I,
)

# Leads: the line is furniture from here on, whatever follows.
_LEADS = _joined(
    r"""
(?:baca|lihat|simak|tonton|dengar|cek|klik)(?:lah)?\s?(?:juga|pula|selengkapnya|artikel|berita)\b
(?:baca|lihat|simak|tonton|saksikan)\s*:
(?:simak|saksikan|tonton|lihat)\s(?:video|foto|infografis|tayangan|berikut|live)\w*\s
(?:read|see|watch|view|check)\s?(?:also|more|next|too|full|all)\b
(?:also|related|recommended)\s(?:read|reading|watch|news|stories|story|article|articles|posts?)\b
(?:berita|artikel|kabar|tulisan|video|foto|topik|konten|tag|informasi)\s(?:terkait|serupa|lain|lainnya|terpopuler|terbaru|pilihan|sebelumnya|selanjutnya|rekomendasi)\s*(?::|$)
(?:jangan|don'?t)\s(?:lewatkan|miss)\b.{0,4}:
(?:scroll|gulir|geser)\s(?:ke|to|untuk|down|up)\b
(?:lanjut(?:kan)?|continue)\s(?:membaca|baca|reading)\b
(?:ikuti|follow)\s(?:kami|us|berita|akun|update|saluran|channel|whatsapp|google|info|terus)\b
(?:dapatkan|get)\s(?:update|berita|kabar|info|informasi|notifikasi|the\slatest|our|breaking|alerts?)\b
(?:yuk|mari|ayo)[,!]?\s(?:gabung|bergabung|ikuti|follow|join|subscribe|klik)\b
(?:gabung|bergabung|join)\s(?:di|ke|dengan|our|us|the|grup|group|channel|saluran|whatsapp|telegram)\b
(?:cek|baca|simak|lihat|temukan)\sberita\b
(?:artikel|berita|tulisan)\sini\s(?:telah|sudah|pernah|juga|pertama)\b.{0,20}\b(?:tayang|terbit|dimuat|dipublikasikan|diterbitkan)
this\s(?:article|story|post)\s(?:was|has\sbeen|first|originally)\b.{0,30}\b(?:published|appeared|posted)
(?:copyright|hak\scipta)\b(?=\s*(?:[©(\d:|]|dilindungi|by\b|oleh\b|pada\b|$))
(?:©|\(c\)\s)
(?:all\srights\sreserved|seluruh\shak|hak\scipta\sdilindungi)
(?:dilarang|do\snot)\s(?:keras\s)?(?:menyalin|mengutip|mengcopy|meng-copy|memperbanyak|mengambil|copy|reproduce|republish)
(?:alamat\semail|your\semail|email\sanda|surel\sanda)\b
(?:simpan\snama|save\smy\sname)\b
(?:beri\s?(?:tahu|tahukan)|notify)\s(?:saya|me)\b
(?:anda\sharus|silakan|silahkan|you\smust\sbe|you\sneed\sto|please|harap)\s(?:masuk|login|log|logged|mendaftar|daftar|register|sign)\b
(?:situs|website|web|laman|halaman|aplikasi|site|this)\s(?:web\s)?(?:ini|kami|website|site|web)\s(?:menggunakan|memakai|memanfaatkan|uses?)\b
(?:kami|we|our\spartners|situs\skami)\s(?:dan\smitra\skami\s|and\sour\spartners\s)?(?:menggunakan|memakai|use|store)\s(?:.{0,20}\s)?(?:cookies?|kuki|kukis)\b
(?:dengan|by)\s(?:melanjutkan|terus|menggunakan|mengklik|continuing|using|clicking|browsing)\b.{0,60}\b(?:situs|anda|menyetujui|setuju|you|agree|site)\b
(?:powered|designed|developed|built|hosted)\sby\b
(?:theme|tema)\s?(?:by|oleh|:)
(?:download|unduh|install|pasang)\s(?:aplikasi|app|apps|our|sekarang|now|gratis|di)\b
(?:tags?|tagar|label|labels|topik|topics?|kategori|category|categories|keywords?|kata\skunci|filed\sunder|tagged)\s*(?:terkait|with|in|:|\|)
(?:penulis|editor|reporter|redaktur|pewarta|fotografer|jurnalis|kontributor|penyunting|wartawan|author|writer|photographer|videografer|uploader|koresponden|laporan(?:\swartawan)?)\s?(?:&|dan|/|\|)?\s?(?:editor|penulis)?\s*[:|/]
(?:penulis|editor|reporter|redaktur|pewarta|kontributor|fotografer|jurnalis|wartawan|dilaporkan|ditulis|author|writer|written|reported|oleh|by|laporan)\s(?:oleh\s|by\s)?(?-i:[A-Z])[^.!?]{2,40}$
(?:tags?|tagged|posted|filed|published|categories|category|kategori|topik)\s(?:in\s|under\s|as\s)?[^.!?]{2,60}$
(?:sumber|source|via|credit|kredit)(?:\s(?:berita|foto|gambar|video|artikel|photo))?\s?:
(?:foto|photo|gambar|image|ilustrasi|caption|dok|dok\.|video|grafis|keterangan\sfoto|picture|ket\.?\sfoto)\s?(?:[:/]|oleh\b|by\b)
(?:ilustrasi|illustration)\b(?=.{0,60}$)
(?:oleh|by)\s?:
(?:posted|published|written|ditulis|diposting|diunggah|diterbitkan|dipublikasikan|dimuat|terbit|tayang|diperbarui|updated?|last\s(?:updated?|modified))\s(?:on|by|in|oleh|pada|:|\d|tanggal|at)
(?:dibaca|dilihat|views?|hits?|reads?|shares?|pembaca|komentar|comments?|likes?|suka)\s?[:(]?\s*[\d.,]+
(?:bagikan|share|sebarkan|kirim|send|tweet|pin)\s?(?:ini|this|it|artikel|berita|on|to|ke|via|di|melalui|:|with|post|the)\b
(?:bagikan|share|sebarkan|follow)\s?:
(?:log|sign)\s?(?:in|up|out)\b(?=.{0,40}$)
(?:was|is)\sthis\s(?:article|page|story|content)\b
(?:apakah|bagaimana)\s(?:artikel|berita|konten)\sini\b
(?:suka|like|enjoy(?:ed)?)\s(?:dengan\s)?(?:artikel|berita|tulisan|this|what)\b
(?:beri|give|berikan)\s(?:rating|penilaian|nilai|komentar|tanggapan|reaksi)\b
(?:laporkan|report)\s(?:kesalahan|komentar|masalah|error|an?\b|this|typo|iklan|artikel)
(?:subscribe|berlangganan|langganan|daftar)\s(?:to|ke|our|newsletter|sekarang|untuk|via|buletin|gratis|now|email|kami|di|dan)\b
(?:isi|segala)\skomentar\b
komentar\s(?:sepenuhnya|anda|ini|di\s|menjadi|merupakan|ditutup|terbaru|pembaca|facebook)
comments?\s(?:are|is|will|on|rules|policy|section)\b
(?:leave|add|post|write|tulis|tulislah|tinggalkan|tambahkan|kirim|kirimkan|berikan|lihat|view|show|tampilkan|muat|load|buat)\s(?:a\s|an\s|your\s|sebuah\s|semua\s|all\s|more\s|lebih\s|\d+\s)?(?:komentar|comments?|reply|replies|balasan|tanggapan|response|ulasan|review)\b(?=\s?(?:$|[.!…*]|anda|di\s|untuk|on\s|your|here|as\s|below|dengan))
(?:no|belum\sada|tidak\sada|empty)\s(?:comments?|komentar|tanggapan|balasan|repl(?:y|ies)|responses?)\b(?=\s?[.!,]?\s?(?:$|yet|untuk|on\b|pada|di\ssini|so\sfar))
(?:\d+|one|satu|be\sthe\sfirst\sto|jadilah\s(?:yang\s|orang\s)?pertama)\s(?:yang\s|untuk\s|to\s)?(?:comments?|komentar|tanggapan|balasan|repl(?:y|ies)|responses?|thoughts?|berkomentar|mengomentari)\b
(?:lewati|langsung|skip|jump|loncat|kembali|back|return|go)\s(?:ke|to)\s(?:konten|isi|content|main|navigasi|navigation|atas|top|beranda|home|halaman|menu|the|daftar)\b
(?:anda\s(?:di\s?sini|berada\sdi)|you\sare\shere|lokasi\sanda)\b
(?:selamat\sdatang|welcome)\s(?:di|to)\b(?=.{0,50}$)
(?:halo|hi|hello|hai)[,!]?\s(?:tamu|guest|pengguna|user)\b
(?:iklan|advertisement|advertorial|sponsored?|ads?|promosi|promoted|pariwara|adv)\s?(?:[-–—|:]|by\b|content|oleh|post|links?|$)
(?:print|cetak)\s?(?:friendly|this|artikel|halaman|berita|pdf|,|$)
(?:telp|telepon|tel|phone|fax|faks|email|e-mail|hotline|call\scenter|customer\scare)\.?\s?:
(?:enter|masukkan|ketik(?:kan)?|isi(?:kan)?|type)\s(?:your|alamat|email|kata|nama|search|pencarian|komentar|a\s)\b
(?:cari|search|pencarian)\s?(?:for|berita|artikel|di|untuk|\.\.\.|…|:|$)
(?:estimated\s)?reading\stime\b
(?:waktu|lama)\s(?:baca|membaca)\b
\d+\s(?:menit\s(?:baca|membaca|read)|min(?:ute)?s?\sread|kali\s(?:dilihat|dibaca|dibagikan)|x\sdibaca|views?|shares?|likes?|dilihat|pembaca|orang\smembaca|dibagikan|hits?|comments?|reads?)\b
(?:estimasi|perkiraan)\s(?:waktu\s)?baca\b
(?:dengarkan|listen)\s(?:artikel|berita|to\sthis|to\sthe|ini|versi)
(?:terjemahkan|translate)\s(?:artikel|this|ke|to|page)\b
(?:kunjungi|visit)\s(?:kami|situs|laman|website|our|us)\b
(?:hubungi|contact)\s(?:kami|us|redaksi)\b(?=.{0,60}$)
(?:supported|didukung|dukung|support)\s(?:by|oleh|us|kami|our|jurnalisme)\b(?=.{0,60}$)
(?:klik|click|tap|tekan)\s(?:di\s?sini|here|disini|tautan|link|gambar|untuk|tombol|on\b|to\b|button)
(?:untuk\s)?(?:informasi|info)\s(?:lebih\slanjut|selengkapnya)\b
(?:selengkapnya|learn\smore|pelajari\s(?:lebih|selengkapnya)|find\sout\smore)\b(?=.{0,50}$)
""",
    "|",
)

# Whole lines, after trimming bullets, arrows, colons and counts around them.
_SURE = _joined(
    r"""
advertisement iklan ads ad adv advertorial sponsored promoted pariwara sponsor|
(?:artikel|konten|berita) (?:sponsor|promosi)|
menu|menu utama|main menu|navigasi|navigation|toggle navigation|toggle menu|tutup|close|buka menu|open menu|
beranda|home|homepage|halaman (?:muka|depan|utama)|indeks|index|indeks berita|sitemap|peta situs|site map|
masuk|login|log in|sign in|sign up|daftar|register|registrasi|logout|keluar|akun saya|my account|
sign in / register|login / register|masuk / daftar|cari|search|pencarian|go|
trending|trending (?:now|topics?|topik)|terpopuler|populer|popular|most (?:popular|read|viewed)|paling (?:banyak )?(?:dibaca|dilihat|populer|dicari)|
terkini|terbaru|latest|latest news|recent (?:posts?|news|comments?|articles?)|berita (?:terkini|terbaru|utama|populer|terpopuler|pilihan|lainnya|terkait|hari ini|foto|video)|
terkini lainnya|lainnya|headlines?|breaking news|hot (?:news|topics?|issue)|what'?s hot|topik (?:hangat|populer|pilihan)|hot|viral|
pilihan (?:redaksi|editor|pembaca|untuk anda|untukmu)|editor'?s (?:pick|choice)s?|rekomendasi(?: untuk (?:anda|kamu|mu))?|rekomendasi untukmu|recommended(?: for you)?|for you|untuk (?:anda|kamu)|
you (?:may|might) (?:also )?(?:like|be interested in|have missed|missed)|anda mungkin (?:juga )?(?:suka|menyukai|tertarik|melewatkan)|mungkin anda (?:suka|tertarik|lewatkan)|
(?:related|artikel|berita|kabar|tulisan|posts?|pos|cerita|konten|video|foto|topik) (?:terkait|posts?|articles?|stories|news|content|topics?|serupa|lainnya|sejenis|berkaitan|pilihan|topik|terpopuler|populer|menarik|menarik lainnya)|
related|terkait|don'?t miss|jangan lewatkan|baca (?:juga|selengkapnya|selanjutnya|lainnya|lagi)|read (?:more|next|also)|up next|selanjutnya|sebelumnya|next|previous|prev|
(?:next|previous|prev) (?:post|page|article|story)|(?:pos|artikel|berita|halaman|tulisan) (?:selanjutnya|sebelumnya|berikutnya)|more|more (?:news|stories|articles)|
(?:lihat|tampilkan|muat|show|view|see|load) (?:semua|lainnya|lebih banyak|lebih|more|all)|selengkapnya|halaman \d+|page \d+|(?:page|halaman) \d+ (?:of|dari) \d+|
(?:\d+ ){2,}(?:selanjutnya|next|berikutnya|last|terakhir)?|
share|shares|bagikan|sebarkan|share this|bagikan ini|share article|copy link|salin (?:tautan|link)|copied|tersalin|link (?:copied|disalin)|pin it|tweet|like|suka|cetak|print|
email|e-mail|kirim|send|simpan|save|bookmark|font size|ukuran (?:huruf|font|teks)|text size|(?:a ?[-+]? ?){2,}|perbesar|perkecil|zoom|besar|
komentar|comments?|tanggapan|balas|reply|batalkan balasan|cancel reply|kirim komentar|post comment|submit|nama|name|situs web|website|website url|url|
loading|memuat|mohon tunggu|please wait|like this|share this|(?:like|share|bagikan) this|sukai ini|menyukai ini|
tentang(?: kami)?|about(?: us)?|redaksi|susunan redaksi|tim redaksi|dewan redaksi|box redaksi|kontak(?: kami)?|contact(?: us)?|hubungi kami|karier|karir|career|careers|info iklan|pasang iklan|tarif iklan|
advertise(?: with us)?|beriklan|media kit|disclaimer|sanggahan|pedoman(?: media siber| pemberitaan(?: media siber)?)?|pedoman siber|kode etik(?: jurnalistik)?|kode perilaku(?: perusahaan)?|privasi|privacy|privacy policy|kebijakan (?:privasi|data pribadi|cookie|konten)|
terms|terms (?:of (?:service|use)|and conditions|& conditions)|ketentuan(?: layanan| pengguna(?:an)?| khusus)?|syarat (?:dan|&) ketentuan|syarat penggunaan|faq|bantuan|help|help center|pusat bantuan|rss|rss feed|cookie(?:s)?(?: policy| settings)?|
jaringan(?: media)?(?: kami)?|our network|network|partner|mitra kami|subscribe|subscribe now|langganan|berlangganan|newsletter|unsubscribe|e-?paper|live(?: tv| streaming| report)?|streaming|
accept(?: all| cookies)?|terima(?: semua)?|setuju|saya setuju|i agree|agree|got it|mengerti|ok|oke|tolak(?: semua)?|reject(?: all)?|decline|manage (?:cookies|preferences)|
follow(?: us)?(?: on)?|ikuti(?: kami)?(?: di)?|media sosial|social media|connect with us|stay connected|find us on|download app|unduh aplikasi|get the app|google play|app store|google news|
(?:scroll|go|back|kembali|ke) ?(?:to |ke )?(?:top|atas|bagian atas)|top|ke atas|lewati|skip|skip ad|
edisi indonesia|english edition|english|bahasa indonesia|indonesia|mode gelap|dark mode|switch skin|light mode|
foto|video|photo|photos|galeri|galeri foto|gallery|infografis|infografik|podcast|opini|kolom|editorial|tajuk|tag|tags|topik|kategori|categories|category|arsip|archives?|
red|redaksi|red/.{1,12}|read full article|baca artikel|read article|baca berita|anda harus masuk|sponsored content|konten bersponsor|print friendly, pdf & email|print friendly|
gambas:.{2,40}|embed|embedded|video player|video tidak tersedia|advertisement scroll to continue with content|leave a (?:reply|comment)|join|gabung|update|tutup iklan|close ads?|x close|[x×✕✖]
""",
    "",
)

# Menu entries that are good sub-headings too: furniture only at the edges of a page.
_SECTIONS = _joined(
    r"""
nasional|internasional|regional|daerah|nusantara|ekonomi|bisnis|olahraga|sport|sports|teknologi|tekno|hiburan|entertainment|lifestyle|gaya hidup|politik|hukum|hukum & kriminal|kriminal|peristiwa|pendidikan|kesehatan|otomotif|travel|wisata|kuliner|seleb|selebriti|bola|sepak bola|dunia|global|megapolitan|metro|metropolitan|news|berita|kabar|finance|keuangan|properti|edukasi|sains|health|food|fashion|oto|budaya|opini & kolom|ragam|inspirasi|pemilu(?: \d{4})?|khazanah|
top|go|terima|setuju|mengerti|ok|oke|tolak|nama|name|besar|indonesia|english|selanjutnya|sebelumnya|
next|previous|lainnya|hot|viral|populer|popular|menu|arsip|opini|kolom|editorial|tajuk|video|foto|
podcast|topik|kategori|suka|like|email|kirim|close|tutup|bantuan|kontak|top|red|line|x|arsip
""",
    "",
)

_WEB_WORDS = frozenset(
    """
    komentar berkomentar komentator comment comments reply balasan tanggapan email surel cookie cookies kuki login log
    masuk daftar register password akun account langganan berlangganan subscribe subscriber newsletter buletin situs
    website web laman site browser peramban klik click tap unduh download aplikasi app apps bagikan share
    shares sebarkan tweet follow ikuti followers copy salin tautan link links iklan advertisement ads sponsored
    promosi scroll gulir redaksi editor penulis reporter pewarta jurnalis copyright hak cipta reserved rights
    privasi privacy policy kebijakan ketentuan terms disclaimer pedoman siber sitemap beranda home menu navigasi
    konten content notifikasi notification pengunjung visitor dibaca dilihat views view posted published
    diterbitkan diperbarui updated tag tags label kategori category topik terkait related terpopuler populer
    trending popular terbaru latest recent selanjutnya sebelumnya selengkapnya next previous read baca artikel
    article articles posts post loading cari search indeks kontak contact karier rss cetak print font facebook
    twitter whatsapp telegram instagram youtube tiktok pinterest linkedin threads messenger google play store
    news wordpress powered theme designed portal terkini terpercaya terupdate pembaca reader readers saluran channel
    grup gabung bergabung join video foto photo rekomendasi recommended pilihan tonton simak simpan save kirim
    send rating reaksi langsung lanjutkan continue reading more terima accept setuju agree formulir form wajib
    reaksi rate rated stories story story's post pos ads adsense advertisements advertiser loading feel
    favorit favorites bookmark halaman page pages minggu top info kuis quiz berhadiah penulisan saran
    kritik pendapat pendapatmu nav manage kelola preferensi consent preferences toggle subscriber
    statistik terverifikasi hubungi salah kesalahan network edisi
    ditandai required jaringan network live streaming epaper polling kuis tersalin kolom
    """.split()
)

_FILLERS = frozenset(
    """di ke dan untuk dari pada the to this on of a an for in by with your our us we you kami anda
    kamu ini itu yang is are here sini hanya only and or atau more lebih how do""".split()
)


def words(line: str) -> list[str]:
    """Words of a line without digits, in order, as written."""
    return _WORD.findall(line)


def bare(line: str) -> str:
    """The line without bullets, arrows and counts around it, single-spaced."""
    return " ".join(line.strip(_EDGES).split())


def is_furniture(line: str) -> bool:
    """True where the line alone is surely page furniture, wherever it stands."""
    return len(line) <= LONGEST and _is_furniture(line)


@lru_cache(maxsize=8192)
def _is_furniture(line: str) -> bool:
    """The same menus and footers stand on every page of an outlet: they are judged once."""
    core = bare(line)
    if not core:
        return False
    lead = _LEADS.match(core)
    if lead:
        return _leads_nowhere_else(core, core[: lead.end() + 2])
    if is_menu(core) or lists_sections(core):
        return True
    if len(core) > 60 or _SECTIONS.fullmatch(core):
        return False
    return bool(_SURE.fullmatch(core) or _NETWORK_RUN.fullmatch(core))


def _leads_nowhere_else(core: str, opening: str) -> bool:
    """True where furniture fills the line: a scraper may have glued a paragraph to its opening."""
    if addresses_reader(core) or web_share(core) >= 0.25:
        return True
    if len(core) > _LONGEST_POINTER:
        return False
    if len(core) > 120 and _NEXT_SENTENCE.search(core, len(opening)):
        return False
    is_labelled = ":" in opening[-3:]
    is_reprint = "tayang" in opening.lower() or "judul" in core
    return len(core) <= 80 or is_labelled or is_reprint or web_share(core) >= 0.15


def is_menu(line: str) -> bool:
    """True for entries of a menu or breadcrumb side by side: "Home | News", "Beranda / Desa"."""
    parts = [part.strip() for part in _SEPARATORS.split(line) if part.strip()]
    if not 2 <= len(parts) <= 30 or max(map(len, parts)) > 30:
        return False
    known = sum(bool(_SECTIONS.fullmatch(part) or _SURE.fullmatch(part)) for part in parts)
    return 2 * known >= len(parts)


def lists_sections(line: str) -> bool:
    """True for a menu without separators: "Beranda Nasional Ekonomi Olahraga"."""
    found = words(line)
    if len(found) < 3 or len(line) > 160 or not all(word[0].isupper() for word in found):
        return False
    known = sum(bool(_SECTIONS.fullmatch(word) or _SURE.fullmatch(word)) for word in found)
    return known >= 3 and 2 * known >= len(found)


def is_section(line: str) -> bool:
    """True for names of sections and buttons that could as well be a sub-heading."""
    core = bare(line)
    return len(core) <= 40 and bool(_SECTIONS.fullmatch(core))


def is_inline(line: str) -> bool:
    """True for furniture that stands between paragraphs: pointers with a headline, ad marks."""
    core = bare(line)
    return bool(_POINTER.match(core) or _BETWEEN.match(core))


def web_share(line: str) -> float:
    """Share of the line's words (0–1) that belong to web pages.

    Marks of links count as words of that kind, words that only join others do not count.
    """
    found = [low for word in words(line) if (low := word.lower()) not in _FILLERS]
    marks = len(_LINKISH.findall(line))
    if not found:
        return 1.0 if marks else 0.0
    hits = sum(word in _WEB_WORDS for word in found) + marks
    return min(1.0, hits / len(found))


def addresses_reader(line: str) -> bool:
    """True where the page talks to its reader: cookie notes, forms, appeals to follow."""
    low = {word.lower() for word in words(line)}
    if len(low & _WEB_WORDS) < (1 if len(line) <= 80 else 2):
        return False
    return bool(low & _SECOND_PERSON or _THIS_PAGE.search(line))


def speaks_of_page(line: str) -> bool:
    """A quick look: False where `addresses_reader` and a high `web_share` are out of question."""
    return bool(_HINT.search(line))


def is_timestamp(line: str) -> bool:
    """True for a line that holds a date or time and nothing else."""
    return len(line) <= 60 and bool(TIMESTAMP.fullmatch(line))


def is_credit(line: str) -> bool:
    """True for a caption that ends with a photo credit."""
    return len(line) <= 220 and bool(_CREDIT.search(line))


def heads_a_list(line: str) -> bool:
    """True for furniture under which links to other articles follow ("Berita Terkait")."""
    return len(line) <= 40 and not _POINTER.match(bare(line)) and bool(_LIST_HEADS.search(line))


def heads_comments(line: str) -> bool:
    """True for furniture under which readers' comments or the form for them follow."""
    return len(line) <= 60 and bool(_COMMENT_HEADS.search(line))
