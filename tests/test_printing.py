from datetime import date

from warta.assistant.exporting.printing import (
    counted,
    hit_dict,
    hit_lines,
    one_line,
    removed_lines,
    results_dict,
    results_lines,
    skipped_line,
    skipped_summary,
    table,
)
from warta.corpus.article import Article, Passage, Skipped
from warta.index.candidates import Hit
from warta.index.search.listing import Results

ARTICLE = Article(
    id="a-1",
    title="Jembatan dibuka",
    text="Warga senang. Jembatan dibuka Senin.",
    published=date(2026, 1, 26),
    source="Contoh",
    url="https://contoh.example/a",
    removed=("Baca juga: lain", "Scroll to Top"),
)
HIT = Hit(Passage("a-1", 1, "Jembatan dibuka Senin.", 14, 36), ARTICLE, score=0.123456, rank=2)


def test_a_hit_has_exactly_the_fields_of_search_json():
    assert hit_dict(HIT) == {
        "rank": 2,
        "score": 0.1235,
        "article_id": "a-1",
        "title": "Jembatan dibuka",
        "published": "2026-01-26",
        "source": "Contoh",
        "url": "https://contoh.example/a",
        "text": "Jembatan dibuka Senin.",
        "start": 14,
        "end": 36,
        "also": [],
        "copies": 0,
    }


def test_a_hit_is_read_as_headline_origin_passage_and_address():
    assert hit_lines(HIT) == [
        " 2. Jembatan dibuka",
        "    Contoh · 2026-01-26 · a-1 · score 0.123",
        "    Jembatan dibuka Senin.",
        "    https://contoh.example/a",
        "",
    ]


def test_a_part_of_a_list_says_of_how_many_and_an_empty_one_why():
    found = Results((HIT,), 1, 238, "any", {date(2026, 1, 1): 238}, {"Contoh": 238},
                    corrected=(("jembatn", "jembatan"),))  # fmt: skip
    assert results_lines(found, "jembatn")[-1] == (
        "2 to 2 of 238 articles with any of the words (-k, --offset, --sort, --match)."
    )
    told = results_dict(found)
    assert told["facets"] == {
        "months": [{"month": "2026-01", "articles": 238}],
        "outlets": [{"source": "Contoh", "articles": 238}],
    }
    assert (told["total"], told["offset"], told["match"]) == (238, 1, "any")
    assert told["corrected"] == [{"typed": "jembatn", "searched": "jembatan"}]
    empty = Results((), 500, 238, "all", {}, {})
    assert results_lines(empty, "x") == ["None of 238 articles with every word here."]
    assert results_lines(Results((), 0, 0, "all", {}, {}), "") == ["Nothing found."]


def test_characters_that_steer_a_terminal_are_not_printed():
    assert one_line("a\x1b[31mb\n c\u202ed") == "a[31mb cd"


def test_a_skipped_line_says_where_why_and_what_to_do():
    skipped = Skipped("x.csv", 7, "The row has no text.", "Fill the column.")
    assert skipped_line(skipped) == "x.csv, line 7: The row has no text. Fill the column."


def test_equal_reasons_are_summed_up_most_frequent_first():
    pictures = [Skipped(f"{n}.png", None, "Not a text file.", "Leave it.") for n in range(3)]
    other = Skipped("x.txt", None, "It is empty.", "")
    assert skipped_summary([other, *pictures]) == [
        "0.png: Not a text file. Leave it. (2 more like it)",
        "x.txt: It is empty.",
    ]
    assert skipped_summary([other, *pictures], shown=1)[-1] == "… and 1 other reason."


def test_removed_lines_stand_under_their_article():
    assert removed_lines([ARTICLE]) == ["a-1:", "  - Baca juga: lain", "  - Scroll to Top"]


def test_numbers_are_counted_in_words_that_fit():
    assert counted(1, "article") == "1 article"
    assert counted(21912, "article") == "21,912 articles"
    assert counted(2, "story", "stories") == "2 stories"


def test_a_table_sets_its_values_below_one_another():
    assert table([("home", "x"), ("articles", "2")]) == ["home      x", "articles  2"]
