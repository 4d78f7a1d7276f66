"""The chat page, in Gradio: where things stand and what happens on a question.

Gradio carries the question box, the buttons, the queue and the stream. Messages are `gr.HTML`
filled by `assistant.render`: `gr.Chatbot` lets Markdown at foreign text, and its sanitizer keeps
remote images, forms and styles. What moves without the server (opening a source, past
conversations, copying) is page.js; the server keeps nothing of a conversation.
"""

import logging
from collections.abc import AsyncIterator, Callable

import anyio.to_thread
import gradio as gr
from fastapi import FastAPI
from pydantic import ValidationError

from assistant.answer import Answer
from assistant.api import Served
from assistant.config import Settings
from assistant.markup import escape, icon
from assistant.render import notice, turn
from assistant.texts import Language, text
from assistant.traffic import AskRequest, Gate, paced
from corpus.article import Article
from corpus.errors import BusyError, WartaError

_log = logging.getLogger(__name__)
_FONTS = ["system-ui", "sans-serif"]  # Gradio's default asks a server for its fonts
_SESSIONS = 200
_SUGGESTED = 3


def build_page(
    assistant: Served, settings: Settings | None = None, gate: Gate | None = None
) -> gr.Blocks:
    """Return the page over `assistant`; nothing is loaded and nothing is served yet.

    The page wants page.js, page.css and `/warta/…` beside it, which `create_app` serves.
    """
    chosen = settings or Settings()
    answer = _answering(assistant, chosen, gate or Gate(chosen.workers, chosen.queue))
    language: Language = "en" if chosen.language == "en" else "id"
    with gr.Blocks(
        title="Warta", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
    ) as page:
        _part(_header(language), "w-head")
        with gr.Row(elem_id="w-body", equal_height=False):
            with gr.Column(elem_id="w-main", min_width=0):
                _part(_conversation(language), "w-past")
                live = _part("", "w-live")
                with gr.Column(elem_id="w-composer", min_width=0):
                    _part(_filters(language), "w-filter")
                    with gr.Row(elem_id="w-ask", equal_height=False):
                        question = gr.Textbox(
                            elem_id="w-question",
                            label=text(language, "question"),
                            lines=1,
                            max_lines=6,
                            show_label=False,
                            container=False,
                            autofocus=True,
                            placeholder=text(language, "placeholder"),
                            scale=1,
                            min_width=0,
                        )
                        send = gr.Button(
                            text(language, "send"), elem_id="w-send", variant="primary", min_width=0
                        )
                        stop = gr.Button(text(language, "stop"), elem_id="w-stop", min_width=0)
            _part(_panel(language), "w-panel")
        request = gr.Textbox(visible=False)
        go = gr.Button(elem_id="w-go", visible="hidden")

        for trigger in (question.submit, send.click):
            trigger(
                None,
                question,
                question,
                js="(q) => window.warta.submit(q)",
                queue=False,
                show_progress="hidden",
                api_visibility="private",
            )
        asked = go.click(
            answer,
            request,
            live,
            js="() => window.warta.request()",
            show_progress="hidden",
            concurrency_limit=None,
            api_visibility="private",
            trigger_mode="always_last",
        )
        asked.then(
            None,
            None,
            live,
            js="() => window.warta.finish(false)",
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
        stop.click(
            None,
            None,
            live,
            js="() => window.warta.finish(true)",
            cancels=[asked],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    # The gate tells a full house in words; Gradio's own limit is the wall behind it.
    page.queue(max_size=chosen.queue, default_concurrency_limit=chosen.workers, api_open=False)
    return page


def mount_page(app: FastAPI, page: gr.Blocks) -> None:
    """Put the page at `/` of `app`, with everything of Gradio off that Warta does not use."""
    page.state_session_capacity = _SESSIONS  # 10,000 by default, 90 MB for each 3,000
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


def _answering(
    assistant: Served, settings: Settings, gate: Gate
) -> Callable[[str], AsyncIterator[str]]:
    async def answer(request: str) -> AsyncIterator[str]:
        try:
            question = AskRequest.model_validate_json(request)
        except ValidationError as error:
            _log.warning("The page sent a request that cannot be read: %s", error)
            yield notice("id", "failed")
            return
        language, length = question.language, len(question.question)
        if length > settings.max_question:
            yield notice(language, "too_long", n=length, max=settings.max_question)
            return
        try:
            async for snapshot, done in paced(gate, lambda: question.ask(assistant)):
                more = await _more(assistant, snapshot) if done else ()
                yield turn(snapshot, language, done=done, more=more)
        except BusyError:
            yield notice(language, "busy")
        except WartaError as error:
            _log.warning("A question could not be answered: %s", error)
            yield notice(language, "failed")

    return answer


async def _more(assistant: Served, answer: Answer) -> list[Article]:
    """Return articles near the question that the answer did not use: they can be asked about."""
    if answer.status == "abstained":
        return []
    used = {citation.article.id for citation in answer.citations}
    used |= {other.id for citation in answer.citations for other in citation.also}

    def find() -> list[Article]:
        hits = assistant.retriever.retrieve(answer.receipt.query, k=8)
        near = {hit.article.id: hit.article for hit in hits if hit.article.title.strip()}
        return [article for name, article in near.items() if name not in used][:_SUGGESTED]

    try:
        return await anyio.to_thread.run_sync(find)
    except WartaError:  # an answer is not lost for want of a suggestion
        return []


def _header(language: Language) -> str:
    return (
        f'<a class="w-skip" href="#w-question">{_say(language, "skip")}</a>'
        '<header class="w-top"><div class="w-brand">'
        '<span class="w-logo" aria-hidden="true">W</span>'
        f"<div><h1>Warta</h1><p>{_say(language, 'tagline')}</p></div></div>"
        '<p class="w-coverage" id="w-coverage" role="status"></p>'
        '<nav class="w-tools">'
        f"{_tool('new', 'new', language)}{_tool('history', 'conversations', language)}"
        f'<button type="button" class="w-tool" data-act="language" id="w-language">'
        f"{'EN' if language == 'id' else 'ID'}</button>"
        f"{_tool('theme', 'theme', language)}</nav></header>"
        f'<dialog class="w-drawer" id="w-drawer" aria-labelledby="w-drawer-title">'
        f'<div class="w-drawer-top"><h2 id="w-drawer-title">{_say(language, "conversations")}</h2>'
        f'{_tool("close", "close", language)}</div><ul id="w-list"></ul></dialog>'
    )


def _conversation(language: Language) -> str:
    return (
        '<section class="w-welcome" id="w-welcome">'
        f"<h2>{_say(language, 'welcome')}</h2><p>{_say(language, 'welcome_more')}</p>"
        '<div id="w-recent"></div></section>'
        '<div class="w-thread" id="w-thread" role="log" aria-live="polite"></div>'
    )


def _filters(language: Language) -> str:
    return '<div class="w-filters" id="w-filters"></div>'


def _panel(language: Language) -> str:
    return (
        '<aside class="w-side" id="w-side" aria-labelledby="w-side-title"><div class="w-side-top">'
        f'<h2 id="w-side-title" tabindex="-1">{_say(language, "sources")}</h2>'
        f'{_tool("close-side", "close", language)}</div><div id="w-side-body">'
        f'<p class="w-side-empty">{_say(language, "sources_empty")}</p></div></aside>'
    )


def _say(language: Language, key: str) -> str:
    return f'<span data-t="{key}">{escape(text(language, key))}</span>'


def _tool(act: str, key: str, language: Language) -> str:
    said = escape(text(language, key))
    return (
        f'<button type="button" class="w-tool" data-act="{act}" data-t-label="{key}" '
        f'aria-label="{said}" title="{said}">'
        f"{icon('close' if act == 'close-side' else act)}</button>"
    )
