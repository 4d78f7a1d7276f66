"""Sharing an answer in a real browser, where the settings allow it."""

import shutil

import pytest
from visiting import IN_BROWSER, Visit, served

pytestmark = IN_BROWSER


@pytest.fixture
def sharing(samples_home, tmp_path):
    shutil.copytree(samples_home, tmp_path / "home")
    settings = tmp_path / "warta.toml"
    settings.write_text("share_days = 7\nport = 0\nhome = 'home'\n")
    with served("-m", "warta.assistant.cli", "--config", str(settings), "serve") as address:
        yield address


def test_an_answer_is_shared_by_a_click_and_read_without_a_script(sharing, browser):
    allowed = ["clipboard-read", "clipboard-write"]
    reader = Visit(browser, sharing, permissions=allowed)
    reader.ask("Apa penyebab kebakaran Pasar Melati menurut polisi?")
    told = reader.last(".w-answer").inner_text()
    reader.last("[data-act=share]").click()
    reader.page.locator("#w-toast", has_text="Tautan tersalin").wait_for()
    address = reader.page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(f"{sharing}/share/")
    reader.page.reload()
    reader.page.locator("#w-thread [data-act=share]").wait_for()  # also of a turn that was kept
    reader.context.close()
    context = browser.new_context(java_script_enabled=False, locale="id-ID")
    page = context.new_page()
    page.goto(address)
    words = " ".join(page.locator(".told").first.inner_text().split())
    assert words.rstrip("0123456789 ")[:60] in " ".join(told.split())
    page.locator(".told a.number").first.click()
    page.locator(".references a").first.click()
    assert page.locator("#kutipan").is_visible()
    context.close()
