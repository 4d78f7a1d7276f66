from warta.corpus.language.offices import may_be_a_person


def test_places_and_bodies_are_no_people():
    for name in ("Thailand", "Jawa Barat", "PSSI", "KPK", "Piala Dunia 2022"):
        assert not may_be_a_person(name), name
    for name in ("SBY", "BJ Habibie", "Simon McMenemy", "Budi"):
        assert may_be_a_person(name), name
