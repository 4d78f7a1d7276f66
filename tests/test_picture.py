"""A picture is read back as XML and its marks are where the figures say."""

import xml.etree.ElementTree as ET

from warta.assistant.evaluation.evaluate import figures_svg
from warta.index.search.metrics import Figure, Interval

SVG = "{http://www.w3.org/2000/svg}"


def figure(kind: str, measure: str, mean: float, n: int = 40) -> Figure:
    return Figure(kind, measure, Interval(mean, mean - 0.1, mean + 0.1, n))


def drawn(settings: dict[str, list[Figure]], title: str = "Retrieval") -> ET.Element:
    return ET.fromstring(figures_svg(title, settings))


def dots(picture: ET.Element) -> list[tuple[float, float, str]]:
    """Centre and colour of every circle below the legend."""
    found = [item.attrib for item in picture.iter(f"{SVG}circle")]
    return [(float(c["cx"]), float(c["cy"]), c["fill"]) for c in found if float(c["cy"]) > 60]


def texts(picture: ET.Element) -> list[str]:
    return [item.text or "" for item in picture.iter(f"{SVG}text")]


def test_a_dot_stands_at_its_mean_on_the_scale_of_its_panel():
    picture = drawn({"terms": [figure("all", "recall@1", 0.5), figure("all", "recall@5", 1.0)]})
    (first, _, _), (second, _, _) = dots(picture)
    assert first == 20 + 130 + 0.5 * 150
    assert second == 20 + 130 + (150 + 40 + 18) + 150
    assert {"0.500", "1.000", "recall@1", "recall@5", "all (40)"} <= set(texts(picture))


def test_each_setting_has_its_colour_and_its_line():
    one, other = figure("all", "recall@1", 0.5), figure("all", "recall@1", 0.5)
    (_, upper, blue), (_, lower, red) = dots(drawn({"terms": [one], "vectors": [other]}))
    assert lower - upper == 14
    assert blue != red


def test_a_whisker_goes_from_bound_to_bound():
    picture = drawn({"terms": [figure("all", "recall@1", 0.5)]})
    lines = [item.attrib["d"] for item in picture.iter(f"{SVG}path")]
    assert any(line.startswith("M210.0 ") and line.endswith("H240.0") for line in lines)


def test_what_a_setting_has_no_figure_for_stays_empty():
    rows = [figure("all", "recall@1", 0.5), figure("fact", "recall@1", 0.7)]
    assert len(dots(drawn({"one": rows, "other": rows[:1]}))) == 3


def test_names_are_escaped_and_the_title_is_there_for_screen_readers():
    picture = drawn({"a<b": [figure("x & y", "recall@1", 0.5)]}, title="1 < 2")
    assert {"a<b", "x & y (40)"} <= set(texts(picture))
    title = picture.find(f"{SVG}title")
    assert title is not None
    assert title.text == "1 < 2"
