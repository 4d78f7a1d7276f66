"""The desk in a real browser: searching, narrowing, reading, following; with and without script."""

from urllib.parse import urlsplit

import pytest
from visiting import IN_BROWSER, shoot

pytestmark = IN_BROWSER
QUERY = "search?q=banjir+Lembayung"


@pytest.fixture
def desk(browser):
    """Open a page of the desk; in the end nothing foreign was asked for and nothing went wrong."""
    contexts, wrong, asked = [], [], []

    def go(address: str, path: str, **context):
        settings = {"viewport": {"width": 1280, "height": 850}, "locale": "id-ID"} | context
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.on("request", lambda request: asked.append((address, request.url)))
        page.goto(f"{address}/{path}")
        return page

    yield go
    for context in contexts:
        context.close()
    for address, url in asked:
        assert urlsplit(url).netloc == urlsplit(address).netloc
    assert [said for said in wrong if "status of 40" not in said] == []  # asked for on purpose


def total(page) -> int:
    return int(page.locator(".count strong").inner_text().split()[0].replace(".", ""))


@pytest.mark.parametrize("script", [True, False])
def test_a_reader_searches_narrows_reads_and_comes_back(real, desk, shots, script):
    page = desk(real, QUERY, java_script_enabled=script)
    everything = total(page)
    assert page.locator(".found > li").count() == min(everything, 20)
    assert page.locator(".passage mark").first.inner_text().lower() in ("banjir", "lembayung")
    if script:
        shoot(page, shots / "search.png")
    bar = page.locator(".filters .bars a").last
    count = int(bar.locator(".bar-count").inner_text())
    bar.click()
    assert total(page) == count
    page.locator(".chips a").first.click()
    assert total(page) == everything
    page.locator(".sort a", has_text="Terbaru").click()
    days = page.locator(".found > li > .byline time").evaluate_all(
        "all => all.map(t => t.dateTime)"
    )
    assert days == sorted(days, reverse=True)
    headline = page.locator(".found h2 a").first
    title = headline.inner_text()
    headline.click()
    assert page.locator("h1").inner_text() == title
    assert page.locator(".reading mark").count() > 0
    page.go_back()
    assert page.locator(".found h2 a").first.inner_text() == title


def test_the_chat_pages_cards_open_articles_and_a_citation_its_quotation(real, desk, shots):
    page = desk(real, "")
    page.wait_for_selector("body[data-ready]")
    card = page.locator("#w-recent .w-cards a").first
    title = card.locator(".w-card-title").inner_text()
    card.click()
    assert page.locator("h1").inner_text() == title
    page.go_back()
    page.wait_for_selector("body[data-ready]")
    page.fill(
        "#w-question textarea", "Berapa tarif penumpang dewasa feri Arunika ke Pulau Kelapa Dua?"
    )
    page.keyboard.press("Enter")
    page.locator(".w-turn[data-done='1'] .w-cite").first.click()
    quoted = page.locator("#w-side-body .w-source.w-open mark.w-on").inner_text()
    page.locator("#w-side-body .w-source.w-open h3 a").click()
    marked = page.locator(".reading mark").all_inner_texts()
    assert " ".join(quoted.split()) in " ".join(" ".join(marked).split())
    assert page.locator("#kutipan").is_visible()
    shoot(page, shots / "reading.png")


def test_one_word_in_the_chat_box_leads_to_the_list(real, desk):
    page = desk(real, "")
    page.wait_for_selector("body[data-ready]")
    page.fill("#w-question textarea", "banjir")
    page.keyboard.press("Enter")
    page.locator("#w-thread .w-turn[data-done='1'] .w-search-all a").click()
    assert page.locator("h1").inner_text() == "Hasil untuk “banjir”"
    assert total(page) > 0


def test_the_slash_leads_to_the_search_box_and_stays_a_letter_inside_it(real, desk):
    page = desk(real, QUERY)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("End")
    page.keyboard.press("/")
    assert page.locator("#q").input_value() == "banjir Lembayung/"
    page.goto(f"{real}/search")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("node => node === document.activeElement")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_arrows_go_from_the_box_through_the_results_and_back(real, desk):
    page = desk(real, QUERY)
    links = page.locator(".found h2 a")
    page.focus("#q")
    page.keyboard.press("ArrowDown")
    assert links.nth(0).evaluate("node => node === document.activeElement")
    page.keyboard.press("ArrowDown")
    assert links.nth(1).evaluate("node => node === document.activeElement")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "q"
    page.locator(".bars a").first.focus()
    page.keyboard.press("ArrowUp")
    assert page.locator(".bars a").first.evaluate("node => node === document.activeElement")


def test_words_in_quotation_marks_are_marked_as_one(real, desk):
    page = desk(real, 'search?q="banjir Lembayung"')
    everything = page.locator(".found > li").count()
    for said in page.locator(".passage mark").all_inner_texts():
        assert " ".join(said.split()).lower() == "banjir lembayung"
    page.goto(f"{real}/search?q=banjir+Lembayung")
    assert page.locator(".found > li").count() >= everything


def test_an_address_with_a_fragment_marks_its_quotation(real, desk):
    page = desk(real, "article/contoh-wn-001#q=0-25")
    page.locator("mark#kutipan").wait_for()
    assert len(page.locator("mark#kutipan").inner_text()) == 25
    assert page.url.endswith("/article/contoh-wn-001?q=0-25#kutipan")


def test_a_search_looked_at_before_offers_what_is_new_since(real, desk):
    page = desk(real, QUERY)
    assert not page.locator("#seen").is_visible()
    page.evaluate(
        """() => localStorage.setItem("warta.searches",
                 JSON.stringify([["q=banjir+Lembayung", "2020-01-01T00:00Z"]]))"""
    )
    page.reload()
    page.locator("#seen").click()
    assert page.locator(".fresh strong").inner_text().startswith(f"{total(page)} baru sejak 1 Jan")


def test_the_theme_of_the_chat_page_holds_here(real, desk):
    page = desk(real, "search", color_scheme="light")
    page.evaluate("localStorage.setItem('warta.theme', '\"dark\"')")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 26)"


@pytest.mark.parametrize("path", [QUERY, "article/contoh-wn-001?q=0-200", "search", "article/none"])
def test_on_a_telephone_nothing_is_cut_off(real, desk, path):
    page = desk(real, path, viewport={"width": 360, "height": 740})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
    if path == QUERY:
        page.locator(".to-filters").click()
        assert page.locator("#filters .bars a").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    ["search", f"{QUERY}&source=Sagara+Pos+(contoh)", "search?q=xyzzy", "search?since=x",
     "article/contoh-wn-001?q=0-200", "article/none"],
)  # fmt: skip
def test_axe_finds_no_fault_on_the_desk(real, desk, axe, scheme, path):
    page = desk(real, path, color_scheme=scheme, bypass_csp=True)
    page.evaluate(f"{axe};0")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [
        f"{item['impact']}: {item['id']} {item['nodes'][0]['html'][:120]}" for item in found
    ] == []


def test_hostile_articles_are_read_as_text(hostile_home, desk):
    page = desk(hostile_home, "search")
    for link in page.locator(".found h2 a").evaluate_all("all => all.map(a => a.href)"):
        page.goto(link)
        assert page.evaluate("window.broken") is None
        assert page.locator("img, iframe, object, form[action*=evil]").count() == 0
