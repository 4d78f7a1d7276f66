"""Conversations in the browser that keeps them: no turn is lost without a word."""

import json
import re
from pathlib import Path

import docx
from visiting import IN_BROWSER, TURN, Visit, sync_api

from warta.assistant.texts import text

pytestmark = IN_BROWSER
KEPT = """async part => {
    for (let left = 100; left; left--) {
        const said = await navigator.clipboard.readText();
        if (said.includes(part)) return said;
        await new Promise(done => setTimeout(done, 100));
    }
}"""  # what is copied, once it holds a part
FILL = """async (count) => {
  const [turn] = await warta.store.turns(), talk = await warta.store.talk(turn.talk);
  for (let n = 0; n < count; n++)
    await warta.store.add(talk, { ...turn, id: "more" + n, question: "Nomor " + n, at: n + 1 });
}"""


def questions(at: Visit) -> list[str]:
    return at.page.locator("#w-thread .w-question p").all_inner_texts()


def quiet(at: Visit, pattern: str) -> None:
    """Leave out what the browser itself writes down of requests that failed."""
    at.wrong = [said for said in at.wrong if not re.search(pattern, said)]


def beside(at: Visit) -> Visit:
    """Open a second tab of the same browser."""
    other = object.__new__(Visit)
    other.__dict__ |= at.__dict__ | {"page": at.context.new_page()}
    other.open()
    return other


def test_two_tabs_of_one_conversation_lose_no_turn(fake, visit):  # bug 4
    a = visit(fake)
    a.ask("Berapa perahu?")
    b = beside(a)
    b.page.locator(TURN).first.wait_for()
    b.ask("Lalu hadiahnya?")
    a.page.locator(TURN).nth(1).wait_for()  # the other window's turn comes by itself
    a.ask("Siapa di bulan?")
    a.open()
    a.page.locator(TURN).nth(2).wait_for()
    assert questions(a) == ["Berapa perahu?", "Lalu hadiahnya?", "Siapa di bulan?"]


def test_three_hundred_turns_are_all_there_and_the_limit_is_stated(fake, visit):  # bug 5
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.page.evaluate(FILL, 299)
    at.open()
    at.page.wait_for_function(f"document.querySelectorAll('{TURN}').length === 300")
    at.page.wait_for_function(f"!document.querySelector('{TURN}[data-status=kept]')")
    assert questions(at)[0] == "Nomor 0"
    at.page.click("[data-act=history]")
    at.page.wait_for_function("document.getElementById('w-kept').textContent")
    said = text("id", "kept_count", n=300, max="2.000")
    assert at.page.locator("#w-kept").inner_text() == said


def test_a_full_store_says_so_and_keeps_the_turn_once_there_is_room(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.begin_anew()
    at.page.evaluate(
        """() => { window.plainPut = IDBObjectStore.prototype.put;
          const full = () => { throw new DOMException("full", "QuotaExceededError"); };
          IDBObjectStore.prototype.put = full; }"""
    )
    at.ask("Lalu hadiahnya?")
    assert at.page.locator("#w-note").inner_text() == text("id", "kept_full")
    assert at.page.evaluate("warta.store.turns().then(all => all.length)") == 1
    left = at.page.evaluate(  # the browser asks before it lets the tab go
        """() => { const event = new Event("beforeunload", { cancelable: true });
          dispatchEvent(event); return event.defaultPrevented; }"""
    )
    assert left is True
    at.page.evaluate("() => { IDBObjectStore.prototype.put = window.plainPut; }")
    at.ask("Siapa di bulan?")  # there is room again
    at.page.wait_for_function("document.getElementById('w-note').hidden")
    at.open()
    at.page.locator(TURN).nth(1).wait_for()
    assert questions(at) == ["Lalu hadiahnya?", "Siapa di bulan?"]


def test_the_limit_is_told_before_it_is_reached_and_nothing_goes_by_itself(fake, visit):
    at = visit(fake)
    at.page.evaluate("() => { warta.store.MOST = 3; }")
    at.ask("Berapa perahu?")
    at.ask("Lalu hadiahnya?")
    assert at.page.locator("#w-note").is_hidden()
    at.ask("Siapa di bulan?")
    assert at.page.locator("#w-note").inner_text() == text("id", "kept_nearly", n=3, max=3)
    at.ask("Berapa siswa?")
    assert at.page.locator("#w-note").inner_text() == text("id", "kept_full")
    assert at.page.evaluate("warta.store.count()") == 3


def test_a_browser_that_keeps_nothing_says_so(fake, visit):
    at = visit(fake)
    at.page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no'); }")
    at.open()
    assert at.page.locator("#w-note").inner_text() == text("id", "kept_never")
    at.ask("Berapa perahu?")
    at.begin_anew()
    at.page.click("[data-act=history]")
    at.page.click("#w-list [data-act=open]")
    at.page.locator(TURN).wait_for()
    assert questions(at) == ["Berapa perahu?"]


def test_offline_a_question_and_what_was_said_before_stay(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.context.set_offline(True)
    at.ask("Berapa siswa?")
    assert at.last(".w-note p").inner_text() == text("id", "cut_off")
    at.begin_anew()
    at.page.click("[data-act=history]")
    at.page.click("#w-list [data-act=open]")
    at.page.locator(f"{TURN} [data-t=not_shown]").wait_for()
    assert "48 perahu" in at.page.locator(TURN).first.inner_text()
    assert at.last(".w-note p").inner_text() == text("id", "unanswered")
    at.context.set_offline(False)
    at.open()
    at.page.locator(TURN).nth(1).wait_for()
    assert questions(at) == ["Berapa perahu?", "Berapa siswa?"]
    at.last("[data-act=again]").click()
    at.answered(2)
    assert "240 siswa" in at.last(".w-answer").inner_text()
    at.open()
    at.page.locator(TURN).nth(1).wait_for()
    assert at.page.locator(TURN).count() == 2  # the answer took the place of what had none
    quiet(at, "Failed to |errored out")


def test_conversations_of_the_version_before_are_taken_over_as_text(fake, visit):
    at = visit(fake)
    turn = {"question": "Dulu?", "text": "Begitu. [1]", "html": "<b>Begitu</b>", "request": {}}
    old = [{"id": "x1", "title": "Dulu?", "at": 1, "turns": [turn]}]
    at.page.evaluate("(old) => { localStorage['warta.talks'] = JSON.stringify(old); }", old)
    at.page.evaluate("() => { localStorage['warta.open'] = '\"x1\"'; }")
    at.page.evaluate("indexedDB.deleteDatabase('warta') && 1")
    at.open()
    at.page.locator(TURN).wait_for()
    assert at.page.locator(TURN).inner_text() == "Begitu. [1]"
    assert at.page.evaluate("localStorage['warta.talks'] ?? null") is None


def test_a_conversation_is_found_renamed_deleted_and_called_back(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.begin_anew()
    at.ask("Siapa di bulan?")
    at.page.click("[data-act=history]")
    names = at.page.locator("#w-list .w-talk > span")
    at.page.fill("#w-find", "sembilan kecamatan")  # said in an answer
    at.page.wait_for_function("document.querySelectorAll('#w-list .w-talk').length === 1")
    assert names.inner_text() == "Berapa perahu?"
    at.page.click("#w-list [data-act=rename]")
    at.page.keyboard.type("Festival <b>")
    at.page.keyboard.press("Enter")
    at.page.wait_for_function(
        "document.querySelector('#w-list .w-talk > span')?.textContent === 'Festival <b>'"
    )
    at.page.click("#w-list [data-act=forget]")
    toast = at.page.locator("#w-toast")
    sync_api.expect(toast).to_contain_text("Percakapan “Festival <b>” dihapus")
    at.page.wait_for_function("!document.querySelector('#w-list .w-talk')")
    at.page.locator("#w-toast button").dispatch_event("click")
    at.page.locator("#w-list .w-talk").wait_for()
    assert names.inner_text() == "Festival <b>"


def test_back_closes_what_lies_over_the_page_and_then_leaves_it(fake, visit):
    at = visit(fake, viewport={"width": 375, "height": 760})
    at.ask("Berapa perahu?")
    at.last(".w-cite").first.click()
    at.page.locator("#w-side .w-open .w-row [data-act=whole]").click()
    at.page.locator(".w-article").wait_for()
    at.page.go_back()
    at.page.locator("#w-side .w-open").wait_for()  # from the article to the sources
    at.page.go_back()
    at.page.wait_for_function("!document.body.dataset.side")
    at.page.click("[data-act=history]")
    at.page.locator("#w-drawer").wait_for()
    at.page.go_back()
    at.page.locator("#w-drawer").wait_for(state="hidden")
    assert at.page.locator(TURN).count() == 1


def test_filters_belong_to_their_conversation(fake, visit):  # bug 6
    at = visit(fake)
    at.page.click(".w-filters summary")
    at.page.click("#w-filters [data-act=month] >> nth=1")
    at.ask("Berapa perahu?")
    assert not at.page.locator(".w-filter-box").is_visible()  # it does not hide the answer
    at.begin_anew()
    at.page.wait_for_function("!document.querySelector('.w-limits').textContent")
    with at.page.expect_request("**/queue/join*") as sent:
        at.ask("Berapa siswa?")
    assert json.loads(json.loads(sent.value.post_data)["data"][0])["since"] is None
    at.page.click("[data-act=history]")
    at.page.click("#w-list [data-act=open] >> nth=1")
    at.page.wait_for_function("document.querySelector('.w-limits').textContent")
    assert "1 Okt 2019" in at.page.locator(".w-limits").inner_text()
    at.open()
    assert "1 Okt 2019" in at.page.locator(".w-limits").inner_text()


def test_a_link_fills_the_box_and_asks_nothing_before_its_reader_does(fake, visit):
    at = visit(fake, permissions=["clipboard-read", "clipboard-write"])
    at.page.goto(f"{fake}/?q=Berapa+perahu%3F&since=2019-09-01&source=Kabar+Laguna+(contoh)")
    at.page.wait_for_selector("body[data-ready]")
    at.page.locator("#w-toast").wait_for()
    assert at.page.locator("#w-toast").inner_text() == text("id", "linked")
    assert at.page.locator("#w-question textarea").input_value() == "Berapa perahu?"
    assert at.page.url == f"{fake}/"
    assert at.page.locator(TURN).count() == 0
    with at.page.expect_request("**/queue/join*") as sent:
        at.page.click("#w-send")
    asked = json.loads(json.loads(sent.value.post_data)["data"][0])
    assert (asked["since"], asked["sources"]) == ("2019-09-01", ["Kabar Laguna (contoh)"])
    at.answered(0)
    at.last("[data-act=link]").click()
    link = at.page.evaluate(KEPT, "http://127.0.0.1")
    assert link == f"{fake}/?q=Berapa+perahu%3F&since=2019-09-01&source=Kabar+Laguna+%28contoh%29"


def test_a_hostile_link_is_text_in_the_box(fake, visit):
    at = visit(fake)
    at.page.goto(f"{fake}/?q=%3Cimg+src=x+onerror=broken=1%3E&since=x'%22&source=%3Cb%3E")
    at.page.wait_for_selector("body[data-ready]")
    at.page.wait_for_selector("#w-coverage strong")
    assert at.page.evaluate("window.broken") is None
    assert at.page.locator("#w-question textarea").input_value().startswith("<img src=x")
    assert at.page.locator("#w-filters :is(b, img)").count() == 0


def test_copying_takes_question_day_and_sources_along_as_rich_and_plain_text(fake, visit):  # bug 14
    at = visit(fake, permissions=["clipboard-read", "clipboard-write"])
    at.ask("Berapa perahu?")
    at.page.click("[data-act=language]")  # the page's language, not the answer's
    at.last("[data-act=copy]").click()
    plain = at.page.evaluate(KEPT, "48 perahu")
    assert plain.startswith("Berapa perahu?\n\nPanitia mencatat 48 perahu")
    assert "[1] Harian Teluk (contoh), “Festival Perahu Hias" in plain
    assert "14 February 2026, https://teluk.example/festival-perahu" in plain
    assert re.search(r"Searched in Warta's archive, \d+ \w+ 20\d\d: ", plain)
    rich = at.page.evaluate(
        "navigator.clipboard.read().then(all => all[0].getType('text/html')).then(b => b.text())"
    )
    assert "<h2" in rich
    assert 'href="https://teluk.example/festival-perahu"' in rich


def test_answers_are_downloaded_named_after_their_question(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.ask("Siapa di bulan?")
    files = {}
    for kind in ("all", "docx", "md", "json"):
        at.page.locator(TURN).first.locator(".w-menu summary").click()
        with at.page.expect_download() as saved:
            at.page.locator(TURN).first.locator(f"[data-as={kind}]").click()
        files[kind] = saved.value
    assert files["all"].suggested_filename == "berapa-perahu.docx"
    whole = [part.text for part in docx.Document(Path(files["all"].path())).paragraphs]
    one = [part.text for part in docx.Document(Path(files["docx"].path())).paragraphs]
    assert [said for said in whole if said in ("Berapa perahu?", "Siapa di bulan?")] == [
        "Berapa perahu?", "Siapa di bulan?",
    ]  # fmt: skip
    assert "Siapa di bulan?" not in one
    assert Path(files["md"].path()).read_text().startswith("### Berapa perahu?\n")
    answer = json.loads(Path(files["json"].path()).read_text())
    assert answer["citations"][0]["article_id"] == "a-1"


def test_paper_shows_question_day_headlines_and_addresses_and_no_buttons(fake, visit):  # bug 15
    at = visit(fake, color_scheme="dark")
    at.ask("Berapa perahu?")
    at.page.emulate_media(media="print")
    said = at.page.locator("body").inner_text()
    assert "Berapa perahu?" in said
    assert "Festival Perahu Hias Kembali Digelar di Teluk Biru" in said
    assert "https://teluk.example/festival-perahu" in said
    assert "Dicari di arsip Warta, " in said
    for hidden in ("Unduh", "Kirim", "Filter", "Riwayat", "Baca artikel lengkap"):
        assert hidden not in said
    sync_api.expect(at.last(".w-answer")).to_have_css("color", "rgb(0, 0, 0)")  # it fades over


def test_a_lost_connection_is_not_a_missing_article(fake, visit):  # bug 7
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.last(".w-cite").first.click()
    at.context.set_offline(True)
    at.page.locator("#w-side-body .w-open .w-row [data-act=whole]").click()
    at.page.locator(".w-whole").wait_for()
    assert text("id", "cut_off") in at.page.locator(".w-whole").inner_text()
    at.context.set_offline(False)
    at.page.click(".w-whole [data-act=whole]")
    at.page.locator(".w-article").wait_for()
    quiet(at, "Failed to ")


def test_a_card_opens_its_article_and_asks_nothing(real, visit):  # bug 2
    at = visit(real)
    card = at.page.locator("#w-recent .w-cards a").first
    headline = card.locator(".w-card-title").inner_text()
    card.click()
    at.page.wait_for_url("**/article/**")
    assert headline in at.page.locator("h1").inner_text()
    at.page.go_back()
    at.page.wait_for_selector("body[data-ready]")
    assert at.page.locator(TURN).count() == 0


def test_a_long_question_is_refused_in_the_pages_language_and_can_be_shortened(fake, visit):  # 18
    at = visit(fake, locale="en-GB")
    at.ask("why " * 700)
    assert at.last(".w-note p").inner_text().startswith("The question is too long: 2799 char")
    assert at.last("[data-act=again]").count() == 0
    at.last("[data-act=rewrite]").click()
    assert at.page.locator("#w-question textarea").input_value().startswith("why why")


def test_keys_reach_the_box_the_last_question_and_the_help(fake, visit):
    at = visit(fake)
    at.ask("Berapa perahu?")
    at.last(".w-cite").first.focus()
    at.page.keyboard.press("/")
    at.page.keyboard.press("ArrowUp")
    assert at.page.locator("#w-question textarea").input_value() == "Berapa perahu?"
    at.page.click("[data-act=help]")
    assert "2.000 jawaban" in at.page.locator("#w-help").inner_text()
    box = at.page.locator("#w-help").evaluate("node => [node.scrollHeight, node.clientHeight]")
    assert box[0] <= box[1]  # one screen
    at.page.keyboard.press("Escape")
    at.page.locator("#w-help").wait_for(state="hidden")
