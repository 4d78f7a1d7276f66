"""A story and a person in a real browser: from an article to what came next and who said what."""

import pytest
from test_desk_in_browser import desk
from visiting import IN_BROWSER, shoot

pytestmark = IN_BROWSER
__all__ = ["desk"]  # a fixture


@pytest.mark.parametrize("script", [True, False])
def test_a_reader_follows_a_flood_from_an_article_to_what_was_said(real, desk, shots, script):
    page = desk(real, "article/contoh-wn-003", java_script_enabled=script)
    page.locator("aside a", has_text="Ikuti rangkaian peristiwa").click()
    days = page.locator(".days-told time").evaluate_all("all => all.map(t => t.dateTime)")
    assert days == sorted(days)
    assert len(days) == 3
    assert page.locator(".figures dd").inner_text() == "2.300 → 3.480"
    if script:
        shoot(page, shots / "story.png")
    page.locator(".voice a", has_text="Semua kutipan").first.click()
    assert page.locator("h1").inner_text().startswith("Kutipan ")
    words = page.locator(".quotes blockquote p").first.inner_text()
    page.locator(".quotes .byline a").first.click()
    assert page.locator("mark").first.inner_text() == words


def test_a_printed_story_has_its_figures_its_voices_and_every_report(real, desk):
    page = desk(real, "story/contoh-wn-003")
    page.locator("details.voice").first.evaluate("voice => { voice.open = false }")
    closed = page.locator("details.voice blockquote").first
    assert not closed.is_visible()
    page.emulate_media(media="print")
    assert page.locator(".figures dd").first.is_visible()
    assert closed.is_visible()
    assert not page.locator(".top").is_visible()


@pytest.mark.parametrize("path", ["story/contoh-wn-003", "person/Intan%20Kusumadewi"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_a_telephone_needs_no_scrolling_sideways(
    real, desk, axe, path, scheme
):
    narrow = {"width": 375, "height": 740}
    page = desk(real, path, color_scheme=scheme, viewport=narrow, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
