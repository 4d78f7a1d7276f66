"""The page in a real browser: what a reader does, and what a hostile article cannot do."""

import json
import re

import pytest
from cutline import CutLine
from hostile import QUESTIONS
from visiting import BOX, IN_BROWSER, TURN, shoot, sync_api

from warta.assistant.texts import text

pytestmark = IN_BROWSER


def test_a_question_gets_an_answer_whose_citation_opens_the_marked_passage(real, visit, shots):
    at = visit(real)
    at.page.locator("#w-recent a").first.wait_for()
    shoot(at.page, shots / "welcome.png")
    at.ask("Berapa tarif penumpang dewasa feri Arunika ke Pulau Kelapa Dua?")
    shoot(at.page, shots / "page.png")
    at.last(".w-cite").first.click()
    card = at.page.locator("#w-side-body .w-source.w-open")
    quote = card.locator("mark.w-on").inner_text()
    assert len(quote) > 20
    assert quote in card.locator("blockquote").inner_text()
    assert quote.split(".")[0] in at.last(".w-answer").inner_text()
    shoot(at.page, shots / "sources.png")
    card.locator(".w-also summary").click()
    card.locator(".w-also [data-act=whole]").first.click()
    at.page.locator(".w-article").wait_for()
    assert at.page.locator(".w-article mark").count() == 0  # the copy's words are its own
    at.page.click("#w-side-body [data-act=back]")
    card.locator(".w-row [data-act=whole]").click()
    at.page.locator(".w-article mark").first.wait_for()
    marked = at.page.locator(".w-article mark").all_inner_texts()  # one a paragraph
    assert " ".join(" ".join(marked).split()) == " ".join(quote.split())
    shoot(at.page, shots / "article.png")


def test_what_the_archive_does_not_hold_is_declined_with_the_nearest_articles(real, visit, shots):
    at = visit(real)
    at.ask("Kapan Bandara Tirtamaya diresmikan?")
    assert at.last('[data-act="whole"]').count() >= 1
    assert "Tidak ditemukan di arsip" in at.last(".w-verdict").inner_text()
    shoot(at.page, shots / "abstention.png")


def test_maintainers_see_the_status_and_it_runs_no_script(real, visit, shots):
    at = visit(real)
    at.page.click("[data-act=history]")
    at.page.click("#w-drawer a[href=status]")
    at.page.locator(".s-figures").wait_for()
    assert "40" in at.page.locator(".s-figures").inner_text()
    assert at.page.locator("svg.s-plot rect").count() > 10
    assert at.page.locator("script").count() == 0
    shoot(at.page, shots / "status.png")


def test_filtering_by_month_and_outlet_narrows_the_answer(real, visit, shots):
    at = visit(real)
    at.page.click(".w-filters summary")
    at.page.click("#w-filters [data-act=month] >> nth=1")
    at.page.check("#w-filters [name=source] >> nth=0")
    shoot(at.page, shots / "filter.png")
    at.ask("Ada kabar apa soal pasar?")
    said = at.page.locator(f"{TURN} .w-chips").inner_text()
    assert "1 Feb 2026 – 28 Feb 2026" in said
    days = at.last(".w-byline time").evaluate_all("all => all.map(node => node.dateTime)")
    assert days
    assert all(day.startswith("2026-02") for day in days)


def test_a_hostile_article_is_quoted_and_stays_text(fake, visit):
    at = visit(fake)
    at.ask("Jadwal pasar?")
    at.last(".w-cite").first.click()
    at.page.locator("#w-side-body .w-open .w-row [data-act=whole]").click()
    at.page.locator(".w-article").wait_for()
    assert '<img src="https://evil.example/a.png"' in at.page.locator(".w-article").inner_text()
    assert at.page.evaluate("window.broken") is None
    strange = "img, svg, form, iframe, object, embed, link[href*=evil], a[href^=javascript]"
    ours = "#w-thread, #w-live, #w-side, #w-recent, #w-filters"
    for place in ours.split(", "):
        assert at.page.locator(f"{place} :is({strange})").count() == 0
    numbers = at.last(".w-answer .w-cite").all_inner_texts()
    assert numbers == ["1"]  # the article's own "[1]" is no button
    at.page.reload()
    at.page.locator(TURN).first.wait_for()
    assert at.page.evaluate("window.broken") is None


def foreign_elements(page) -> list[str]:
    """Return what stands in chat, panel and lists and is neither ours nor a harmless link."""
    return page.evaluate(
        """() => ["#w-thread", "#w-side", "#w-recent", "#w-filters", "#w-live .html-container"]
          .flatMap(place => [...document.querySelectorAll(place + " *")])
          .filter(node => node.matches("script,img,svg,form,style,iframe,object,embed,b")
            || [...node.attributes].some(one => one.name.startsWith("on") || one.name === "src"
              || (one.name === "href" && !/^https?:\\/\\/[^@]+$/.test(one.value)
                && !/^(article\\/h-\\d+|search)[?&=#\\w-]*$/.test(one.value))))
          .map(node => node.outerHTML)"""
    )


def test_no_hostile_article_of_a_real_home_gets_anything_done(hostile_home, visit):
    at = visit(hostile_home)
    dialogs: list[str] = []
    at.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    quoted, opened, said = 0, 0, ""
    for question in QUESTIONS:
        at.begin_anew()
        sync_api.expect(at.page.locator(TURN)).to_have_count(0)
        at.ask(question)
        quoted += at.last(".w-answer .w-cite").count() > 0
        said += at.last(".w-answer").inner_text()
        shown = at.last(".w-strip [data-act=cite], .w-nearest [data-act=whole]")
        for number in range(shown.count()):
            shown.nth(number).click()
            if (card := at.page.locator("#w-side-body .w-open .w-row [data-act=whole]")).count():
                assert foreign_elements(at.page) == []
                card.click()
            at.page.locator(".w-article").wait_for()
            assert foreign_elements(at.page) == []
            said += at.page.locator(".w-article").inner_text()
            opened += 1
    assert quoted == len(QUESTIONS)
    for written in ("<script>", "onerror=", "<iframe", "![x](", "javascript:", "{{broken}}"):
        assert written in said  # shown, so it was there to be misread
    assert opened >= len(QUESTIONS)
    at.open()  # the kept conversation comes back through the page's own filter
    assert foreign_elements(at.page) == []
    assert dialogs == []
    assert at.page.evaluate("window.broken") is None
    at.page.evaluate("document.querySelector('.w-answer').innerHTML += '<img><a href=data:>x</a>'")
    assert foreign_elements(at.page) == ["<img>", '<a href="data:">x</a>']  # it does see them


def test_a_conversation_is_there_after_a_reload_and_can_be_left_and_found(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.ask("Lalu hadiahnya?")
    at.open()
    sync_api.expect(at.page.locator(TURN)).to_have_count(2)
    assert "48 perahu" in at.page.locator(TURN).first.inner_text()
    at.begin_anew()
    sync_api.expect(at.page.locator(TURN)).to_have_count(0)
    at.page.click("[data-act=history]")
    at.page.click("#w-list [data-act=open]")
    at.page.locator(TURN).nth(1).wait_for()
    sync_api.expect(at.page.locator(TURN)).to_have_count(2)
    at.page.click("[data-act=history]")
    at.page.click("#w-list [data-act=forget]")
    at.page.locator("#w-list .w-muted").wait_for()
    sync_api.expect(at.page.locator("#w-list [data-act=open]")).to_have_count(0)


def test_a_stored_conversation_that_was_tampered_with_stays_harmless(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.page.evaluate(
        """async () => {
            const bad = '<script>broken=1</scr' + 'ipt><img src=x onerror="broken=1">';
            const [turn] = await warta.store.turns(), talk = await warta.store.talk(turn.talk);
            const answer = JSON.parse(turn.answer);
            answer.sentences[0].text = answer.citations[0].article.title = bad;
            answer.citations[0].article.id = "none";
            answer.citations[0].article.url = "javascript:broken=1";
            turn.answer = JSON.stringify(answer);
            await warta.store.add({ ...talk, title: bad }, turn);
            Object.assign(turn, { id: "b", question: bad, text: bad, answer: bad });
            await warta.store.add(talk, turn);
        }"""
    )
    at.open()
    at.page.locator("#w-thread .w-sources").wait_for(state="attached")
    at.page.click("[data-act=history]")
    for place in ("#w-thread", "#w-side", "#w-list"):
        assert at.page.locator(f"{place} :is(img, script, a[href^=javascript])").count() == 0
    assert at.page.locator(TURN).first.inner_text().startswith("<script>broken=1")
    assert "wider" not in at.page.locator(TURN).nth(1).inner_html()
    assert at.page.evaluate("window.broken") is None


def test_a_follow_up_carries_the_history_and_the_filters(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.page.click(".w-filters summary")
    at.page.click("#w-filters [data-act=month] >> nth=0")
    at.page.check("#w-filters [name=source] >> nth=1")
    with at.page.expect_request("**/queue/join*") as sent:
        at.ask("Lalu?")
    request = json.loads(json.loads(sent.value.post_data)["data"][0])
    assert (request["since"], request["until"]) == ("2019-09-01", "2019-09-30")
    assert request["sources"] == ["Kabar Laguna (contoh)"]
    assert [turn["role"] for turn in request["history"]] == ["user", "assistant"]
    assert "48 perahu" in request["history"][1]["content"]


def test_a_chip_can_be_removed_and_the_question_is_asked_without_it(fake, visit):
    at = visit(fake)
    at.page.click(".w-filters summary")
    at.page.click("#w-filters [data-act=month] >> nth=0")
    at.ask("Berapa perahu?")
    assert "1 Sep 2019 – 30 Sep 2019" in at.last(".w-chip").inner_text()
    at.last(".w-chip button").click()
    at.answered(1)
    assert at.last(".w-chip").count() == 0


def test_a_topic_of_the_conversation_can_be_taken_off_by_keyboard(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.ask("Siapa juara acara itu?")
    button = at.last("[data-what=topic]").first
    assert button.get_attribute("aria-label") == "Tanya tanpa Teluk Biru"
    for rest in (['<b>perahu</b> "hias"'], []):  # one after the other: what is off stays off
        before = at.page.locator(TURN).count()
        with at.page.expect_request("**/queue/join*") as sent:
            at.last("[data-what=topic]").first.press("Enter")
        at.answered(before)
        request = json.loads(json.loads(sent.value.post_data)["data"][0])
        assert request["question"] == "Siapa juara acara itu?"
        assert request["without"] == ["Teluk Biru", '<b>perahu</b> "hias"'][: 2 - len(rest)]
        assert len(request["history"]) == 2
        shown = at.last("[data-what=topic]")
        assert [one.get_attribute("data-topic") for one in shown.all()] == rest


def test_feedback_reaches_the_server_with_its_reason(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    with at.page.expect_response("**/api/feedback") as first:
        at.last("[data-act=down]").click()
    assert first.value.status == 204
    at.last(".w-why input").fill("tanggalnya salah")
    with at.page.expect_response("**/api/feedback") as second:
        at.page.keyboard.press("Enter")
    sent = [json.loads(each.value.request.post_data) for each in (first, second)]
    assert [opinion["reason"] for opinion in sent] == ["", "tanggalnya salah"]
    assert sent[0]["number"] == sent[1]["number"] != ""  # two messages, one opinion
    assert "Terima kasih" in at.last(".w-why").inner_text()


def test_the_browsers_language_is_spoken_and_can_be_switched(fake, visit):
    at = visit(fake, locale="en-GB")
    assert at.page.locator("#w-welcome h2").inner_text() == "What would you like to know?"
    assert "21,912 articles" in at.page.locator("#w-coverage").inner_text()
    at.ask("Berapa perahu?")
    at.page.click("#w-language")
    at.page.wait_for_function("document.getElementById('w-coverage').innerText.includes('21.912')")
    assert "Salin dengan sumber" in at.last("[data-act=copy]").inner_text()
    assert at.page.locator("#w-send").inner_text() == "Kirim"
    at.open()
    assert at.page.get_attribute("html", "lang") == "id"


def test_dark_follows_the_system_and_can_be_chosen(real, visit, shots):
    at = visit(real, color_scheme="dark")
    assert at.page.get_attribute("html", "data-theme") == "dark"
    at.ask("Berapa tarif penumpang dewasa feri Arunika ke Pulau Kelapa Dua?")
    shoot(at.page, shots / "dark.png")
    at.page.click("[data-act=theme]")
    at.open()
    assert at.page.get_attribute("html", "data-theme") == "light"


def test_on_a_telephone_nothing_is_cut_off_and_sources_slide_up(real, visit, shots):
    at = visit(real, viewport={"width": 375, "height": 760}, is_mobile=True, has_touch=True)
    assert at.page.evaluate("document.documentElement.scrollWidth") == 375
    at.ask("Berapa tarif penumpang dewasa feri Arunika ke Pulau Kelapa Dua?")
    assert not at.page.locator("#w-side").is_visible()
    at.page.wait_for_timeout(300)  # it scrolls to the question
    head = at.page.locator("#w-head").bounding_box()
    asked = at.page.locator(".w-question p").bounding_box()
    assert asked["y"] >= head["y"] + head["height"]
    shoot(at.page, shots / "telephone.png")
    at.last(".w-cite").first.tap()
    at.page.locator("#w-side .w-open mark.w-on").wait_for()
    assert at.page.evaluate("document.documentElement.scrollWidth") == 375
    assert at.page.evaluate(  # what is longer than the panel can be scrolled to by hand
        "(side => side.scrollHeight > side.clientHeight + 50)(document.querySelector('.w-side'))"
    )
    at.page.locator("#w-side .w-open .w-row [data-act=whole]").tap()
    at.page.locator(".w-article mark").first.wait_for()
    at.page.wait_for_timeout(300)  # it slides up and scrolls to the mark
    shown = at.page.locator("#w-side .w-side-top [data-act=close-side]").bounding_box()
    mark = at.page.locator(".w-article mark").first.bounding_box()
    assert 0 < shown["y"] < mark["y"] < 760
    at.page.keyboard.press("Escape")
    at.page.wait_for_function("!document.body.dataset.side")


def test_everything_is_reached_and_opened_by_keyboard_alone(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.page.locator(BOX).focus()
    for _ in range(40):
        at.page.keyboard.press("Shift+Tab")
        if at.page.evaluate("document.activeElement.className") == "w-cite":
            break
    at.page.keyboard.press("Enter")
    assert at.page.evaluate("document.activeElement.dataset.n") in ("1", "2")
    assert "w-source" in at.page.evaluate("document.activeElement.className")


def test_stopping_keeps_what_was_said_and_offers_to_ask_again(fake, visit):
    at = visit(fake)
    at.page.fill(BOX, "Tolong jawab lambat sekali")
    at.page.keyboard.press("Enter")
    at.page.locator("#w-live .w-turn").wait_for()
    at.page.click("#w-stop")
    at.page.locator(".w-stopped").wait_for()
    assert "Dihentikan" in at.last(".w-stopped").inner_text()
    at.ask("Berapa perahu?")
    assert "240 siswa" in at.last(".w-answer").inner_text()


def test_a_question_asked_right_after_stopping_another_gets_its_own_answer(fake, visit):
    at = visit(fake)
    for _ in range(5):
        at.page.fill(BOX, "Tolong jawab lambat sekali")
        at.page.keyboard.press("Enter")
        at.page.locator("#w-live .w-turn").wait_for()
        at.page.click("#w-stop")
        at.ask("Berapa perahu?")
        assert "240 siswa" in at.last(".w-answer").inner_text()
        assert at.last(".w-stopped").count() == 0
    assert at.page.locator(TURN).count() == 10


def test_a_full_house_says_it_is_busy_and_the_question_can_be_tried_again(fake, visit):
    at = visit(fake)
    full = {"status": 503, "json": {"error": {"what": "Busy.", "remedy": ""}}}
    at.page.route("**/queue/join*", lambda route: route.fulfill(**full))
    at.ask("Berapa perahu?")
    assert at.last(".w-note p").inner_text() == text("id", "busy")
    at.page.unroute("**/queue/join*")
    at.last("[data-act=again]").click()
    at.answered(1)
    assert "48 perahu" in at.last(".w-answer").inner_text()
    at.page.route("**/queue/join*", lambda route: route.fulfill(status=500, json={}))
    at.ask("Berapa siswa?")
    assert at.last(".w-note p").inner_text() == text("id", "failed")
    # the browser itself writes down every answer that is an error
    at.wrong = [said for said in at.wrong if "the server responded with a status" not in said]


@pytest.mark.parametrize("where", ["join", "data", "everything"])
def test_after_the_network_was_cut_the_question_can_be_asked_again(fake, visit, where):
    at = visit(fake)
    at.ask("Berapa perahu?")
    if where == "everything":
        at.context.set_offline(True)
    else:
        at.page.route(f"**/queue/{where}*", lambda route: route.abort())
    at.ask("Berapa siswa?")
    assert at.last(".w-note p").inner_text() == text("id", "cut_off")
    if where == "everything":  # still away: said again, and the page stays
        at.last("[data-act=again]").click()
        at.answered(2)
        assert at.last(".w-note p").inner_text() == text("id", "cut_off")
        at.context.set_offline(False)
    at.page.unroute_all()
    with at.page.expect_navigation():
        at.last("[data-act=again]").click()
    at.page.wait_for_selector("body[data-ready]")
    at.answered(1)  # behind the one that was kept
    sync_api.expect(at.page.locator(TURN)).to_have_count(2)
    assert "240 siswa" in at.last(".w-answer").inner_text()
    at.ask("Berapa perahu?")
    assert at.page.locator(TURN).count() == 3
    # the browser itself, and Gradio, write down every request that failed
    at.wrong = [said for said in at.wrong if not re.search("Failed to |errored out", said)]


def test_what_was_said_before_the_server_broke_off_stays_and_can_be_asked_again(fake, visit):
    with CutLine(fake) as line:
        at = visit(line.address)
        at.page.fill(BOX, "Tolong jawab lambat sekali")
        at.page.keyboard.press("Enter")
        at.page.locator("#w-live .w-turn").wait_for()
        line.cut()
        at.answered(0)
        assert at.last(".w-answer").inner_text() == "Sebentar"
        assert at.last(".w-stopped .w-muted").inner_text() == text("id", "cut_off")
        assert at.page.locator(".w-turn:visible").count() == 1
        at.last("[data-act=again]").click()  # still away
        at.answered(1)
        assert at.last(".w-note p").inner_text() == text("id", "cut_off")
        line.mend()
        with at.page.expect_navigation():
            at.last("[data-act=again]").click()
        at.page.locator("#w-live .w-turn").wait_for()
        assert at.last(".w-answer").inner_text() == "Sebentar"  # the one that was kept
        at.page.click("#w-stop")
        at.answered(1)
        at.ask("Berapa perahu?")
        assert "48 perahu" in at.last(".w-answer").inner_text()
    failures = "Failed to |errored out|network error"  # written down by the browser and Gradio
    at.wrong = [said for said in at.wrong if not re.search(failures, said)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(fake, visit, axe, scheme):
    at = visit(fake, color_scheme=scheme)
    at.page.evaluate(f"{axe};0")

    def faults() -> list[str]:
        found = at.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [f"{item['impact']}: {item['id']}" for item in found]

    assert faults() == []
    at.ask("Berapa perahu?")
    at.last(".w-cite").first.click()
    at.page.click(".w-filters summary")
    assert faults() == []
    at.ask("Siapa di bulan?")
    assert faults() == []
    at.page.click("[data-act=history]")
    assert faults() == []
