"""The chat page, in Gradio: where things stand and what happens on a question.

Gradio carries the question box, the buttons, the queue and the stream. Messages are `gr.HTML`
filled by `render`: `gr.Chatbot` lets Markdown at foreign text, and its sanitizer keeps
remote images, forms and styles. What moves without the server (opening a source, past
conversations, copying) is page.js; the server keeps nothing of a conversation.
"""

import contextlib
import logging
import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

import anyio.to_thread
import gradio as gr
from fastapi import FastAPI
from gradio.utils import LRUCache
from pydantic import ValidationError

from warta.assistant.answer import Answer
from warta.assistant.api.api import Served
from warta.assistant.api.arrivals import MOST, Arrivals
from warta.assistant.api.gate import AskRequest, Stops, paced, until
from warta.assistant.api.places import Gate, Ticket
from warta.assistant.config import Settings, is_local
from warta.assistant.exporting.stored import pack
from warta.assistant.page import page as frame
from warta.assistant.page.markup import escape, icon, label
from warta.assistant.page.render import notice, turn
from warta.assistant.texts import Language, text
from warta.assistant.upkeep.feedback import DECLINED, add_feedback
from warta.assistant.upkeep.shares import Shares
from warta.corpus.article import Article
from warta.corpus.errors import BusyError, DiskError, InputError, WartaError

# What Gradio keeps of readers and questions, bounded: else memory and time grow with them.

SESSIONS: Final = 200  # 10,000 by default, 90 MB for each 3,000
STREAMS: Final = 1_000  # readers whose stream is known, twenty times those who can wait
EVENTS: Final = 100
_WORKING: Final = 16  # events that are being answered or refused beside those in line
_OF_GRADIO: Final = (
    "ANALYTICS_MAX_EVENTS",
    "ANAYLTICS_CACHE_FREQUENCY",
    "pending_messages_per_session",
    "pending_event_ids_session",
    "max_thread_count",
    "max_size",
)


def bound(page: gr.Blocks) -> None:
    """Let a page with its queue forget: call it once `page.queue` was called.

    Of its own Gradio keeps a set of every reader for ever, 3 KB of each of the last 2,000, and
    figures of the last 10,000 questions, of which it makes a pandas table after each answer,
    in 16 ms in the end, for a monitoring that is off here.
    """
    page.state_session_capacity = SESSIONS
    queue: Any = page._queue
    for name in _OF_GRADIO:  # where a new Gradio calls it otherwise, nothing would be bounded
        if not hasattr(queue, name):
            raise RuntimeError(f"This Gradio has no {name}: Warta does not know how to bound it.")
    # As many events as there can be, heard or not: with fewer, those nobody hears hold up others.
    queue.max_thread_count = max(queue.max_thread_count, MOST + (queue.max_size or 0) + _WORKING)
    queue.ANALYTICS_MAX_EVENTS = EVENTS
    queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # spelt so in Gradio
    queue.pending_messages_per_session = LRUCache(STREAMS)
    queue.pending_event_ids_session = LRUCache(STREAMS)


# What stands still on the page: header, greeting, panel; page.js fills it.


def header(language: Language, *, status: bool) -> str:
    """Return name, coverage and tools, and the drawer of past conversations."""
    linked = f'<p><a class="w-link" href="status">{label(language, "status")}</a></p>'
    return (
        f'<a class="w-skip" href="#w-question">{label(language, "skip")}</a>'
        '<header class="w-top"><div class="w-brand">'
        '<span class="w-logo" aria-hidden="true">W</span>'
        f"<div><h1>Warta</h1><p>{label(language, 'tagline')}</p></div></div>"
        '<p class="w-coverage" id="w-coverage" role="status"></p>'
        '<nav class="w-tools">'
        f"{_tool('new', 'new', language, 'new_short')}"
        f'<a class="w-tool" href="search" data-t-label="to_search" '
        f'aria-label="{escape(text(language, "to_search"))}">{icon("search")}'
        f'<span class="w-name">{label(language, "to_search")}</span></a>'
        f"{_tool('history', 'conversations', language, 'history_short')}"
        f"{_tool('help', 'help', language, 'help')}"
        f'<button type="button" class="w-tool" data-act="language" id="w-language">'
        f"{'EN' if language == 'id' else 'ID'}</button>"
        f"{_tool('theme', 'theme', language)}</nav></header>"
        f'<dialog class="w-drawer" id="w-drawer" aria-labelledby="w-drawer-title">'
        f'<div class="w-drawer-top"><h2 id="w-drawer-title">{label(language, "history_short")}</h2>'
        f"{_tool('close', 'close', language)}</div>"
        f'<input type="search" id="w-find" data-t-label="search_talks" '
        f'aria-label="{escape(text(language, "search_talks"))}">'
        f'<p class="w-muted" id="w-kept"></p><ul id="w-list"></ul>'
        f"{linked if status else ''}</dialog>{_help(language)}"
        '<div class="w-toast" id="w-toast" role="status" hidden></div>'
    )


def _help(language: Language) -> str:
    """Return what Warta can be asked and how the page is used, on one screen."""
    keys = ("ask", "forms", "sources", "filter", "history", "out", "keys")
    said = "".join(f"<li>{label(language, f'help_{key}')}</li>" for key in keys if key != "history")
    most = escape(text(language, "help_history", n="{n}"))
    return (
        f'<dialog class="w-help" id="w-help" aria-labelledby="w-help-title">'
        f'<div class="w-drawer-top"><h2 id="w-help-title">{label(language, "help")}</h2>'
        f"{_tool('close', 'close', language)}</div><ul>{said}"
        f'<li id="w-help-history">{most}</li></ul></dialog>'
    )


def conversation(language: Language) -> str:
    """Return the greeting and the place of the turns."""
    return (
        '<section class="w-welcome" id="w-welcome">'
        f"<h2>{label(language, 'welcome')}</h2><p>{label(language, 'welcome_more')}</p>"
        '<div id="w-recent"></div></section>'
        '<p class="w-note" id="w-note" role="status" hidden></p>'
        '<div class="w-thread" id="w-thread" role="log" aria-live="polite"></div>'
    )


def filters_place() -> str:
    """Return the place of the filters, which the overview fills."""
    return '<div class="w-filters" id="w-filters"></div>'


def panel(language: Language) -> str:
    """Return the panel of sources, still empty."""
    return (
        '<aside class="w-side" id="w-side" aria-labelledby="w-side-title"><div class="w-side-top">'
        f'<h2 id="w-side-title" tabindex="-1">{label(language, "sources")}</h2>'
        f'{_tool("close-side", "close", language)}</div><div id="w-side-body">'
        f'<p class="w-side-empty">{label(language, "sources_empty")}</p></div></aside>'
    )


def _tool(act: str, key: str, language: Language, named: str = "") -> str:
    said = escape(text(language, key))
    called = f'data-t-label="{key}" aria-label="{said}" title="{said}"'
    shown = ""
    if named:  # what is written on it is its name
        called, shown = "", f'<span class="w-name">{label(language, named)}</span>'
    return (
        f'<button type="button" class="w-tool" data-act="{act}" {called}>'
        f"{icon('close' if act == 'close-side' else act)}{shown}</button>"
    )


_log = logging.getLogger(__name__)
_FONTS = ["system-ui", "sans-serif"]  # Gradio's default asks a server for its fonts
_SUGGESTED = 3
_RELATED = 0.2  # share of the question's terms a suggested article has
_NUMBER = re.compile(r'"number": ?"(\w{1,40})"\}$')  # also of a request that cannot be read
_ENGLISH = re.compile(r'"language": ?"en"')
_QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


def build_page(
    assistant: Served,
    settings: Settings | None = None,
    gate: Gate | None = None,
    stops: Stops | None = None,
    arrivals: Arrivals | None = None,
    shares: Shares | None = None,
) -> gr.Blocks:
    """Return the page over `assistant`; nothing is loaded and nothing is served yet.

    With `arrivals` a question is begun once its reader listens, else at once; with `shares`
    answers may be shared. The page wants
    page.js, page.css and `/warta/…` beside it, which `create_app` serves.
    """
    chosen = settings or Settings()
    entry = gate or Gate(chosen.workers, chosen.queue)
    answer = _answering(assistant, chosen, entry, stops or Stops(), arrivals, shares)
    language: Language = "en" if chosen.language == "en" else "id"
    watched = is_local(chosen.host) or chosen.asks_login
    with gr.Blocks(
        title="Warta", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
    ) as page:
        _part(frame.header(language, status=watched), "w-head")
        with gr.Row(elem_id="w-body", equal_height=False):
            with gr.Column(elem_id="w-main", min_width=0):
                _part(frame.conversation(language), "w-past")
                live = _part("", "w-live")
                with gr.Column(elem_id="w-composer", min_width=0):
                    _part(frame.filters_place(), "w-filter")
                    question, send, stop = _box(language)
            _part(frame.panel(language), "w-panel")
        request = gr.Textbox(visible=False)
        go = gr.Button(elem_id="w-go", visible="hidden")
        # Enter and the button hand the text to page.js, which adds history and filters and
        # presses `go`; examples, chips and "ask again" press it too. So there is one question.
        for trigger in (question.submit, send.click):
            trigger(None, question, question, js="(q) => window.warta.submit(q)", **_QUIET)
        asked = go.click(
            answer,
            request,
            live,
            js="() => window.warta.request()",
            concurrency_limit=None,
            trigger_mode="always_last",
            **(_QUIET | {"queue": True}),
        )
        # The end of an answer is in what it shows; of what was refused only Gradio knows.
        asked.failure(None, None, None, js="() => window.warta.gaveUp()", **_QUIET)
        stop.click(None, None, None, js="() => window.warta.stop()", **_QUIET)
    # The gate tells a full house in words; Gradio's own limit is the wall behind it.
    page.queue(
        max_size=chosen.queue + MOST, default_concurrency_limit=chosen.workers, api_open=False
    )
    return page


def _box(language: Language) -> tuple[gr.Textbox, gr.Button, gr.Button]:
    with gr.Row(elem_id="w-ask", equal_height=False):
        question = gr.Textbox(
            elem_id="w-question",
            label=text(language, "question"),
            placeholder=text(language, "placeholder"),
            lines=1,
            max_lines=6,
            show_label=False,
            container=False,
            scale=1,
            min_width=0,
        )
        send = gr.Button(text(language, "send"), elem_id="w-send", variant="primary", min_width=0)
        stop = gr.Button(text(language, "stop"), elem_id="w-stop", min_width=0)
    return question, send, stop


def mount_page(app: FastAPI, page: gr.Blocks) -> None:
    """Put the page at `/` of `app`, with everything of Gradio off that Warta does not use."""
    bound(page)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        max_file_size=1,
        pwa=False,
        mcp_server=False,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )


def _part(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=None, apply_default_css=False, padding=False)


def public_event(page: gr.Blocks) -> int:
    """Return the number of the one event of the page that runs here."""
    (number,) = (number for number, event in page.fns.items() if event.fn is not None)
    return int(number)


def _answering(
    assistant: Served,
    settings: Settings,
    gate: Gate,
    stops: Stops,
    arrivals: Arrivals | None = None,
    shares: Shares | None = None,
) -> Callable[..., AsyncIterator[str]]:
    async def answer(request: str, caller: gr.Request | None = None) -> AsyncIterator[str]:
        found = _NUMBER.search(request)
        number = found[1] if found else ""
        async with _listened(arrivals, gate, caller) as ticket:
            if ticket is None:  # nobody is there to hear it, or comes late
                yield notice(_language_of(request), "busy")
                return
            with stops.running(number) as stopped:
                turns = _turns(request, assistant, settings, gate, ticket, shares)
                async for said in until(stopped, turns):
                    yield f'<div data-number="{number}">{said}</div>' if number else said

    return answer


@contextlib.asynccontextmanager
async def _listened(
    arrivals: Arrivals | None, gate: Gate, caller: gr.Request | None
) -> AsyncIterator[Ticket | None]:
    """Give the question's ticket once its reader listens; None where nobody does."""
    if arrivals is None:
        yield gate.announce()
        return
    async with arrivals.begun(str(getattr(caller, "session_hash", ""))) as ticket:
        yield ticket


async def _turns(
    request: str,
    assistant: Served,
    settings: Settings,
    gate: Gate,
    ticket: Ticket,
    shares: Shares | None,
) -> AsyncGenerator[str]:
    """Yield the answer's turn as it grows, or a notice where there is none."""
    ticket.end()
    try:
        question = _PageRequest.model_validate_json(request)
    except ValidationError as error:
        yield _unusable(error, _language_of(request))
        return
    language, length = question.language, len(question.question)
    if length > settings.max_question:
        yield notice(language, "too_long", n=length, max=settings.max_question)
        return
    lane = gate.lane(length)
    pictures = paced(lane, lambda: question.ask(assistant), address=ticket.address)
    try:
        async with aclosing(pictures):
            async for snapshot, done in pictures:
                asks_more = done and not gate.crowded
                more = await _more(assistant, snapshot) if asks_more else ()
                if done and snapshot.status == "abstained":
                    _note_declined(settings.home, question.question.strip())
                sealed = shares.seal(pack(snapshot)) if shares and done else ""
                yield turn(snapshot, language, done=done, more=more, sealed=sealed)
    except Exception as error:  # Gradio would print a trace for each
        yield _notice_of(error, language)


def _notice_of(error: Exception, language: Language) -> str:
    if isinstance(error, BusyError):
        return notice(language, "busy")
    if isinstance(error, InputError):
        _log.info("A question could not be used: %s", error)
        return notice(language, "unfit")
    if isinstance(error, WartaError):
        _log.warning("A question could not be answered: %s", error)
    else:
        _log.error("A question could not be answered.", exc_info=error)
    return notice(language, "failed")


class _PageRequest(AskRequest):
    """A question of the page; `number` tells it from those before, and its answer carries it."""

    number: str = ""


def _language_of(request: str) -> Language:
    """Return the page's language, also of a request that cannot be used."""
    return "en" if _ENGLISH.search(request) else "id"


def _unusable(error: ValidationError, language: Language) -> str:
    for fault in error.errors():
        if fault["type"] == "string_too_long" and fault["loc"] == ("question",):
            most = fault["ctx"]["max_length"]
            return notice(language, "too_long", n=len(fault["input"]), max=most)
    _log.warning("The page sent a request that cannot be read: %s", error)
    return notice(language, "failed")


def _note_declined(home: Path, question: str) -> None:
    """Keep what was asked in vain: a maintainer sees what the archive lacks."""
    try:
        add_feedback(home, {"verdict": DECLINED, "question": question})
    except DiskError as error:  # the reader's answer does not depend on it, and the status says so
        _log.warning("%s", error)


async def _more(assistant: Served, answer: Answer) -> list[Article]:
    """Return articles near the question that the answer did not use: they can be asked about."""
    if answer.status == "abstained":
        return []
    used = {citation.article.id for citation in answer.citations}
    used |= {other.id for citation in answer.citations for other in citation.also}
    used |= {article.id for article in answer.nearest}  # they stand there already

    def find() -> list[Article]:
        told = answer.receipt
        hits = assistant.retriever.retrieve(
            told.query, 8, told.since, told.until, told.sources or None
        )
        near = {
            hit.article.id: hit.article
            for hit in hits
            if hit.article.title.strip() and hit.coverage >= _RELATED
        }
        return [article for name, article in near.items() if name not in used][:_SUGGESTED]

    try:
        return await anyio.to_thread.run_sync(find)
    except WartaError:  # an answer is not lost for want of a suggestion
        return []
