"""By how long before the question an article was published, it is likelier to be meant."""

from datetime import date, timedelta

from warta.assistant.question.recency import recency

TODAY = date(2019, 9, 18)


def ago(days: int) -> float:
    return recency(TODAY - timedelta(days), TODAY)


def test_the_last_weeks_are_meant_before_older_days_and_those_before_days_to_come() -> None:
    assert ago(6) > ago(0) > ago(40) > ago(-1)
    assert ago(40) == ago(4000) == recency(None, TODAY) == recency(TODAY, None)
    assert ago(-1) == ago(-500)
