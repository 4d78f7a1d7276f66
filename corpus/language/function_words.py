"""Words that say nothing about the subject: function words, question words, short spellings.

All in folded form (lower case, no accents). The Indonesian list began with the stopwords-iso list
(MIT licence, its notice stands in NOTICE) and left out of it whatever names a subject, a number, a
time or a negation. The other lists were written by hand for Warta; no source was recorded.
"""

INDONESIAN = frozenset(
    """
    ada adalah adanya adapun agak agar akan aku alias amat anda andai antara antaranya apabila
    apalagi artinya asalkan atas atau ataupun bagai bagaikan bagi bahkan bahwa bahwasanya beliau
    berbagai berikut berikutnya berupa biasanya bila bilamana bisa boleh buat bukankah cukup
    cuma dalam dan dapat dari daripada demi demikian dengan di dia diantara diri dirinya disebut
    disebutkan dong guna hal hampir hanya harus hendak hingga ia ialah ini itu itulah inilah
    jadi jika jikalau juga justru kalau kalian kami kamu kan karena karenanya ke kemudian kepada
    kepadanya ketika kini kita kok lagi lah lain lainnya lalu lebih maka makin malah mampu masih
    masing masing-masing mau maupun melainkan melakukan memang mengenai menjadi menurut
    menyatakan mereka meski meskipun merupakan misal misalnya mungkin mulai nah namun nanti
    nantinya nya oleh olehnya pada padahal paling para pasti per pernah pula pun punya rupanya
    saat saatnya saja saling sambil sampai sangat saya se sebab sebagai sebagaimana sebagian
    sebaiknya sebaliknya sebelum sebelumnya sebenarnya sebuah secara sedang sedangkan segala
    segera sehingga sejak sejumlah sekali sekaligus sekarang seketika sekitar sekitarnya selagi
    selain selaku selalu selama selanjutnya seluruh semakin sementara sempat semua semuanya
    sendiri seolah seorang sepanjang seperti sepertinya sering serta sesama seseorang sesuatu
    sesudah setelah seterusnya setiap seusai sewaktu si sih silakan soal suatu sudah supaya tadi
    tadinya tapi telah tengah tentang tentu tentunya terhadap terlalu termasuk ternyata tersebut
    tertentu terus terutama tetap tetapi tiap toh untuk usai walau walaupun yaitu yakni yang
    ujar ujarnya kata katanya ucap ucapnya tutur tuturnya ungkap ungkapnya jelasnya tegasnya
    tambahnya imbuhnya lanjutnya sebutnya tandasnya mengatakan mengungkapkan menjelaskan
    menyampaikan menambahkan menuturkan dikatakan diungkapkan dijelaskan disampaikan ditambahkan
    bersama dilakukan dll dkk dsb sbb
    """.split()
)

ENGLISH = frozenset(
    """
    a about after all also am an and any are as at be because been before being between both but
    by can could did do does doing during each few for from further had has have having he her
    here hers him his i if in into is it its itself just me more most my no nor of off on once
    only or other our out over own s same she should so some such t than that the their them
    then there these they this those through to too under until up upon us very was we were
    while will with would you your according among around within whether
    """.split()
)

# What a question is made of: searched only where nothing else is left.
QUESTION_WORDS = frozenset(
    """
    apa apakah apaan siapa siapakah siapa-siapa kapan kapankah mana manakah dimana dimanakah
    kemana darimana mengapa kenapa bagaimana bagaimanakah gimana berapa berapakah seberapa
    adakah benarkah bisakah apasih sebutkan sebut jelaskan ceritakan carikan cari tolong coba
    tunjukkan beritahu berikan rangkum ringkas dong kah tersebutkah maksudnya dimaksud who whom
    whose what when where which why how many much tell give show explain describe list please
    name
    """.split()
)

# Words the stemmer takes for a form of another one: "Maluku" is not somebody's shame.
UNSTEMMED = frozenset(
    """
    asian balai berau bundaran diego direktorat kediri kelurahan kementerian kepala kepulauan
    kerinci ketua kuningan labuan lukaku maluku megawati menteri merapi merauke meranti persebaya
    persela persero perseru perak berita semeru
    """.split()
)

# Short spellings as people type them, to the word that is meant.
NORMAL_FORMS = {
    "abis": "habis", "aja": "saja", "bdg": "bandung", "bgmn": "bagaimana", "bgt": "banget",
    "bkn": "bukan", "blm": "belum", "bln": "bulan", "blom": "belum", "bpk": "bapak",
    "brp": "berapa", "bs": "bisa", "bsk": "besok", "byk": "banyak", "cuman": "cuma",
    "dgn": "dengan", "dlm": "dalam", "dmn": "dimana", "dmna": "dimana", "dpt": "dapat",
    "dr": "dari", "drpd": "daripada", "emang": "memang", "enggak": "tidak", "ga": "tidak",
    "gak": "tidak", "gmn": "bagaimana", "gmna": "bagaimana", "gt": "begitu", "gtu": "begitu",
    "hrs": "harus", "jd": "jadi", "jg": "juga", "jgn": "jangan", "jkt": "jakarta",
    "jml": "jumlah", "kab": "kabupaten", "kalo": "kalau", "kec": "kecamatan", "kl": "kalau",
    "klo": "kalau", "knp": "kenapa", "knpa": "kenapa", "kpd": "kepada", "kpn": "kapan",
    "krn": "karena", "lg": "lagi", "mgkn": "mungkin", "mhs": "mahasiswa", "msh": "masih",
    "nggak": "tidak", "ngga": "tidak", "org": "orang", "orng": "orang", "pd": "pada",
    "prov": "provinsi", "sbg": "sebagai", "sblm": "sebelum", "sby": "surabaya", "sdg": "sedang",
    "sdh": "sudah", "skrg": "sekarang", "sm": "sama", "smp": "smp", "spt": "seperti",
    "stlh": "setelah", "syp": "siapa", "tak": "tidak", "tdk": "tidak", "tgl": "tanggal",
    "thn": "tahun", "tp": "tapi", "trs": "terus", "ttg": "tentang", "udah": "sudah",
    "udh": "sudah", "utk": "untuk", "yg": "yang",
}  # fmt: skip
