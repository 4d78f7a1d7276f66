"""`warta evaluate` beside other settings: table, JSON and picture of the sample questions."""

import json

import pytest

from warta.assistant.config import Settings
from warta.assistant.evaluation.evaluate import evaluate_retrieval
from warta.corpus.errors import InputError


def silent(stage: str, done: int, total: int) -> None:
    """Show nothing."""


@pytest.fixture(scope="module")
def report(samples_home, few_questions):
    return evaluate_retrieval(
        Settings(home=samples_home), few_questions, ["terms", "vectors"], silent
    )


def test_rows_name_their_setting_and_those_of_others_what_is_gained_over_them(report):
    rows = report.to_dict()
    assert list(dict.fromkeys(row["setting"] for row in rows)) == ["as set up", "terms", "vectors"]
    means = {(r["setting"], r["kind"], r["measure"]): r["mean"] for r in rows}
    for row in rows:
        if row["setting"] == "as set up":
            assert "gain" not in row
            continue
        own = means["as set up", row["kind"], row["measure"]]
        assert row["gain"]["mean"] == pytest.approx(own - row["mean"], abs=2e-4)
        assert row["gain"]["low"] <= row["gain"]["mean"] <= row["gain"]["high"]
    assert json.loads(json.dumps(rows)) == rows


def test_the_table_has_a_block_a_setting_and_the_gains_over_each(report):
    lines = report.lines()
    blocks = "\n".join(lines).split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == [
        "as set up:",
        "terms:",
        "vectors:",
        "gain of as set up over terms (* beyond chance):",
        "gain of as set up over vectors (* beyond chance):",
    ]
    assert len({len(block.split("\n")) for block in blocks}) == 1


def test_the_picture_shows_each_setting(report):
    picture = report.svg("Samples")
    assert all(f">{name}</text>" in picture for name in ("Samples", "as set up", "terms"))
    assert "nDCG" not in picture


def test_another_home_is_a_setting(samples_home, few_questions):
    settings = Settings(home=samples_home)
    report = evaluate_retrieval(settings, few_questions, [str(samples_home)], silent)
    assert {change.comparison.better for change in report.own.gains_over(report.others[0])} == {0}


def test_a_setting_that_is_none_is_named_before_anything_is_asked(samples_home, few_questions):
    with pytest.raises(InputError, match=r"no setting 'bm25'.*Name one of terms, vectors"):
        evaluate_retrieval(Settings(home=samples_home), few_questions, ["bm25"], silent)


def test_questions_without_articles_are_refused_instead_of_measured_as_nan(samples_home, tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_text('{"id": "1", "question": "Siapa juara?"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="Give them article_ids"):
        evaluate_retrieval(Settings(home=samples_home), file, [], silent)
