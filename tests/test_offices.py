from warta.corpus.language.offices import held_by_another, may_be_a_person

NORTH = "Siapa Kepala BPMP Maluku Utara saat itu?"


def test_the_head_of_a_like_named_office_is_another_person():
    texts = ["Kepala BPMP Provinsi Maluku, Aisun, datang bersama tim BPMP Maluku Utara."]
    assert held_by_another(NORTH, texts)


def test_the_office_itself_is_the_one_asked_for():
    assert not held_by_another(NORTH, ["Rani, Kepala BPMP Provinsi Maluku Utara, membuka acara."])


def test_a_body_that_no_text_names_with_the_office_decides_nothing():
    assert not held_by_another(NORTH, ["Rani memimpin balai itu sejak Mei."])
    assert not held_by_another("Siapa pelatih Persib?", ["Pelatih Semen Padang, Eduardo."])


def test_a_question_without_an_office_decides_nothing():
    assert not held_by_another("Kapan Maluku Utara berdiri?", ["Kepala BPMP Maluku datang."])


def test_a_general_director_and_a_body_of_the_republic_are_no_longer_names():
    general = ["Direktur Jenderal Badan Kebudayaan Tirta, Koi, datang."]
    assert not held_by_another("Siapakah Direktur Jenderal TIRTA?", general)
    assert not held_by_another("Siapa Kepala Kepolisian RI?", ["Kepala Kepolisian Negara, Said."])
    assert held_by_another(
        "Siapa Direktur Jenderal Badan Tirta Raya?", ["Direktur Jenderal Badan Tirta, Koi, datang."]
    )


def test_lower_case_words_after_a_title_are_no_body():
    assert not held_by_another("siapa kepala sekolah yang baru", ["Kepala sekolah itu, Budi."])


def test_an_english_question_reads_of_between_office_and_body():
    texts = ["The director of Badan Air Tirta said so; Badan Air Tirtamaya was absent."]
    assert held_by_another(
        "Who is the director of Badan Air Tirtamaya Raya?",
        ["The director of Badan Air Tirtamaya, Ms Ani, said so."],
    )
    assert not held_by_another("Who is the director of Badan Air Tirta?", texts)


def test_places_and_bodies_are_no_people():
    for name in ("Thailand", "Jawa Barat", "PSSI", "KPK", "Piala Dunia 2022"):
        assert not may_be_a_person(name), name
    for name in ("SBY", "BJ Habibie", "Simon McMenemy", "Budi"):
        assert may_be_a_person(name), name
