"""The vocabulary of page furniture, Indonesian and English: one place to read and to extend.

`LEADS` are openings, one regular expression a line; `SURE` and `SECTIONS` are whole lines, written
as alternatives of one expression; `WEB_WORDS` are words that belong to pages rather than to news.
`warta.corpus.cleaning.furniture` compiles and applies them without regard to case.
"""

# ruff: noqa: E501

# Leads: the line is furniture from here on, whatever follows.
LEADS = r"""
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
"""

# Whole lines, after trimming bullets, arrows, colons and counts around them.
SURE = r"""
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
"""

# Menu entries that are good sub-headings too: furniture only at the edges of a page.
SECTIONS = r"""
nasional|internasional|regional|daerah|nusantara|ekonomi|bisnis|olahraga|sport|sports|teknologi|tekno|hiburan|entertainment|lifestyle|gaya hidup|politik|hukum|hukum & kriminal|kriminal|peristiwa|pendidikan|kesehatan|otomotif|travel|wisata|kuliner|seleb|selebriti|bola|sepak bola|dunia|global|megapolitan|metro|metropolitan|news|berita|kabar|finance|keuangan|properti|edukasi|sains|health|food|fashion|oto|budaya|opini & kolom|ragam|inspirasi|pemilu(?: \d{4})?|khazanah|
top|go|terima|setuju|mengerti|ok|oke|tolak|nama|name|besar|indonesia|english|selanjutnya|sebelumnya|
next|previous|lainnya|hot|viral|populer|popular|menu|arsip|opini|kolom|editorial|tajuk|video|foto|
podcast|topik|kategori|suka|like|email|kirim|close|tutup|bantuan|kontak|top|red|line|x|arsip
"""

WEB_WORDS = frozenset(
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

FILLERS = frozenset(
    """di ke dan untuk dari pada the to this on of a an for in by with your our us we you kami anda
    kamu ini itu yang is are here sini hanya only and or atau more lebih how do""".split()
)
