"""Which names somebody may bear, not those of places, bodies and events, and what people are."""

from warta.corpus.language.words import fold

# Names that news is full of and nobody bears.
PLACES = frozenset(
    """indonesia malaysia singapura thailand vietnam filipina myanmar kamboja laos brunei china cina
    tiongkok jepang korea selatan utara india pakistan afghanistan iran irak arab saudi yaman suriah
    israel palestina turki mesir rusia ukraina jerman prancis inggris belanda italia spanyol
    portugal swiss amerika serikat kanada meksiko brasil argentina australia selandia baru eropa
    asia afrika jakarta bandung surabaya semarang yogyakarta jogja medan palembang pekanbaru riau
    jambi padang lampung aceh banten bogor depok tangerang bekasi bali denpasar makassar manado
    papua jayapura maluku ambon kalimantan sulawesi sumatera sumatra jawa barat timur tengah
    pontianak sumut sumbar sumsel babel jabar jateng jatim kalbar kaltim kalsel kalteng kaltara
    sulut sulsel sulteng sultra samarinda balikpapan banjarmasin palangkaraya lombok
    garuda""".split()
)
# Short names of bodies, as short as those of people: "KPK" is none, "SBY" is one.
_BODIES = frozenset(
    """kpk dpr dpd mpr tni bpk pbb kpu psi pan pkb pks ppp pdi ugm itb ui uii unj bca bri bni btn
    pln kai mui nu ma mk ky bi ojk lps who fbi cia imf as ri uni uu ppn bmw kia psg mu nba afc uea
    us uk usa uae dki ntt ntb sma smk smp sd wib wit""".split()
)
# What the name of a body begins with, and no person's.
_BODY_WORDS = frozenset(
    """asosiasi badan balai bank biro dewan dinas direktorat federasi forum himpunan ikatan institut
    kementerian kejaksaan koalisi komisi komite kongres lembaga mahkamah majelis organisasi partai
    pemerintah pengadilan perhimpunan persatuan perusahaan pt rumah satuan serikat universitas
    yayasan""".split()
)
# What people are, in the word before a name or behind "seorang": counted over the articles of 2019,
# those that stand three times or more behind "seorang" or "para", one in a hundred times that they
# stand anywhere, and twice before a name of two words; six that are no such thing left out.
ROLES = frozenset(
    """agen ahli akademisi aktivis aktor aktris alumni anak analis anggota aparat arkeolog
    arsitek artis asisten astronom atlet awak ayah bandar bayi bek bintang bos bupati buruh
    caleg calon capim chef coach delegasi demonstran deputi desainer detektif dewi diplomat
    diva dokter dosen driver duta editor eksekutif elite fans figur finalis fotografer gadis
    gelandang generasi guru hakim honorer host ibu ilmuwan inisiator insinyur investor istri
    jamaah janda juri jurnalis kader kakak kakek kandidat kapten karyawan kerabat kiai kiper
    komandan komedian komika komisioner konglomerat konsumen kontestan kontraktor korban kru
    legenda legislator lulusan mahasiswa mahasiswi manajer medis member menteri milenial
    militan mitra model mualaf murid musisi muslim narapidana narasumber nasabah nelayan
    nenek netizen oknum operator orangtua pahlawan pakar pasien pastor pebalap pecatur
    pedagang pegawai pegiat pejabat pekerja pelajar pelaku pelanggan pemain pembalap
    pembantu pembela pembeli pemberontak pemegang pemenang pemeran pemilih pemilik pemimpin
    pemuda penari pendaki penderita pendiri penduduk pendukung peneliti penerima pengacara
    pengajar pengamat pengawal pengembang pengemudi pengendara penggawa penggemar pengguna
    penghuni penguasa pengunjung pengurus pengusaha penjaga penonton penulis penumpang
    penyandang penyanyi penyedia penyerang peramal perawat perempuan personel perwakilan
    perwira pesepakbola peserta petani petarung petenis petinggi petinju petugas pilot
    pimpinan polisi politikus politisi prajurit presenter pria produsen produser profesional
    profesor provokator psikolog psikopat putra putri raja ratu rekan rektor relawan remaja
    rider sahabat saksi santri sarjana selebgram selebriti selebritis senator seniman senior
    siswa siswi sopir sosialita spesialis staf suami supermodel suporter sutradara tahanan
    tamu teknisi teman tentara terdakwa terduga tergugat teroris terpidana tersangka
    tetangga tokoh trainee tukang ulama ustaz utusan veteran wakil wali wanita warga
    wartawan""".split()
)
_INITIALS = 3  # letters of a person's short name: "SBY"


def may_be_a_person(name: str) -> bool:
    """Tell a name that somebody may bear from places, from "KPK" and "Piala Dunia 2022"."""
    words = [word.strip(".") for word in name.split()]
    acronym = len(words) == 1 and words[0].isupper()
    acronym = acronym and (len(words[0]) > _INITIALS or fold(words[0]) in _BODIES)
    places = all(fold(word) in PLACES for word in words)
    return not acronym and not places and not any(char.isdigit() for char in name)


def is_an_acronym(name: str) -> bool:
    """Tell a body or country of few letters, "KPK", "AS", from initials of a person."""
    return name.isupper() and fold(name) in _BODIES


def is_a_body(name: str) -> bool:
    """Tell the name of a body by its first word: "Komite Olahraga Nasional"."""
    words = fold(name).split()
    return bool(words) and words[0] in _BODY_WORDS
