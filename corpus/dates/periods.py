"""Spans of days as people count them: weeks from Monday, months in thirds, quarters, halves."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both included."""

    since: date
    until: date

    def moved(self, days: int) -> "Period":
        """Return the period `days` later."""
        return Period(self.since + timedelta(days), self.until + timedelta(days))


def days_from(day: date, before: int = 0, after: int = 0) -> Period:
    """Return the day with so many days before and after it."""
    return Period(day - timedelta(before), day + timedelta(after))


def week(day: date) -> Period:
    """Return Monday to Sunday around `day`."""
    return days_from(day, day.weekday(), 6 - day.weekday())


def month(year: int, number: int) -> Period:
    """Return a calendar month; numbers beyond 1..12 count on into other years."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return Period(date(year, number, 1), date(year, number, monthrange(year, number)[1]))


def months(year: int, first: int, count: int) -> Period:
    """Return `count` months from the `first` on."""
    return Period(month(year, first).since, month(year, first + count - 1).until)


def months_before(day: date, count: int) -> date:
    """Return the same day so many months earlier, or that month's last day."""
    target = month(day.year, day.month - count)
    return target.since.replace(day=min(day.day, target.until.day))


def third(period: Period, number: int) -> Period:
    """Return the beginning (0), middle (1) or end (2) of a week, month, or longer period.

    Of a week: Monday and Tuesday, Wednesday and Thursday, the weekend. Of a month: to the 10th,
    to the 20th, the rest. Of longer ones whole months, so January to April opens a year.
    """
    length = (period.until - period.since).days + 1
    if length <= 7:
        first, last = ((0, 1), (2, 3), (5, 6))[number]
        return Period(period.since + timedelta(first), period.since + timedelta(last))
    if length <= 31:
        start = period.since + timedelta(10 * number)
        return Period(start, period.until if number == 2 else start + timedelta(9))
    count = max(1, round(length / 30.4) // 3)
    return months(period.since.year, period.since.month + count * number, count)


def week_of(period: Period, number: int) -> Period:
    """Return the 1st to 5th seven days of a month, or with −1 its last seven."""
    if number < 0:
        return Period(period.until - timedelta(6), period.until)
    start = period.since + timedelta(7 * (number - 1))
    return Period(start, min(start + timedelta(6), period.until))
