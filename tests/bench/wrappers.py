"""Thirty-four ways in which people wrap a question, none of them among those learned from."""

WRAPPERS = {
    "greeting, name": "Halo Warta, {q}",
    "greeting, Hi": "Hi, {q}",
    "greeting, religious": "Assalamu'alaikum wr wb. {q}",
    "greeting, time of day": "Selamat siang tim Warta! {Q}",
    "greeting, letter": "Yth. Bapak/Ibu pengelola arsip,\n\n{Q}",
    "greeting, casual": "woy min mau nanya dong, {q}",
    "greeting, chatty": "Permisi, numpang nanya ya kak. {Q}",
    "greeting, English": "Good day, quick one for you: {q}",
    "label, Q": "Q: {Q}",
    "label, Pertanyaan": "Pertanyaan: {Q}",
    "label, number": "3. {Q}",
    "label, bracketed": "[TANYA] {Q}",
    "signature, letter": "{Q}\n\nSalam,\nDewi Lestari\nDesk Nasional",
    "signature, dashes": "{Q}\n--\nBambang Irawan | Humas\n0812-5551-234",
    "signature, telephone": "{Q}\n\nDikirim dari HP Xiaomi saya",
    "thanks, short": "{Q} Makasih ya!",
    "thanks, long": "{Q} Terima kasih banyak atas bantuan dan waktunya.",
    "thanks, unmarked": "{bare} trims ya kak",
    "background before": "Saya sedang menggarap tulisan panjang untuk majalah kampus. Dua "
    "narasumber "
    "memberi keterangan yang bertentangan. Karena itu saya perlu memastikannya di sini. {Q}",
    "background after": "{Q} Saya sudah membongkar map kliping di perpustakaan. Sayangnya "
    "halaman itu "
    "sobek. Barangkali di sini masih tersimpan.",
    "background, who I am": "Saya Rudi, anak magang di redaksi olahraga. Baru minggu kedua "
    "kerja. {Q}",
    "background, English": "I am drafting a memo for our bureau chief. She wants it "
    "double-checked. {Q}",
    "reported, friend": "Kemarin teman saya bertanya: {q}",
    "reported, boss": "tadi bos gue nanya di lift, {q}",
    "wish, today": "{Q} Saya butuh hari ini.",
    "wish, print": "Untuk halaman yang naik cetak malam ini: {q}",
    "wish, deadline": "{Q} Deadline besok jam 9 pagi nih.",
    "wish, short answer": "{Q} Jawab dalam dua kalimat saja.",
    "wish, English answer": "{Q} Please answer in English.",
    "pasted, quote mark": "> {Q}",
    "pasted, chat": "[10:32] Andi: {q}",
    "pasted, bullet and bold": "• **{Q}**",
    "hidden, soft hyphens": "{soft}",
    "hidden, zero width": "{zero}",
}  # fmt: skip


def wrapped(name: str, question: str) -> str:
    """Return a question inside one of the wrappers."""
    small = question[0].lower() + question[1:]
    if question[:2].isupper() or question.split()[0][1:] != question.split()[0][1:].lower():
        small = question  # "KPK", "iPhone"
    return WRAPPERS[name].format(
        q=small,
        Q=question,
        bare=question.rstrip(" ?."),
        soft="\u00ad".join(question[at : at + 3] for at in range(0, len(question), 3)),
        zero="\u200b".join(question[at : at + 4] for at in range(0, len(question), 4)),
    )
