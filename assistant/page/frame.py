"""What stands still on the page: header, greeting, panel; page.js fills it."""

from warta.assistant.page.markup import escape, icon, label
from warta.assistant.texts import Language, text


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
        f"{_tool('new', 'new', language)}{_tool('history', 'conversations', language)}"
        f'<button type="button" class="w-tool" data-act="language" id="w-language">'
        f"{'EN' if language == 'id' else 'ID'}</button>"
        f"{_tool('theme', 'theme', language)}</nav></header>"
        f'<dialog class="w-drawer" id="w-drawer" aria-labelledby="w-drawer-title">'
        f'<div class="w-drawer-top"><h2 id="w-drawer-title">{label(language, "conversations")}</h2>'
        f'{_tool("close", "close", language)}</div><ul id="w-list"></ul>'
        f"{linked if status else ''}</dialog>"
    )


def conversation(language: Language) -> str:
    """Return the greeting and the place of the turns."""
    return (
        '<section class="w-welcome" id="w-welcome">'
        f"<h2>{label(language, 'welcome')}</h2><p>{label(language, 'welcome_more')}</p>"
        '<div id="w-recent"></div></section>'
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


def _tool(act: str, key: str, language: Language) -> str:
    said = escape(text(language, key))
    return (
        f'<button type="button" class="w-tool" data-act="{act}" data-t-label="{key}" '
        f'aria-label="{said}" title="{said}">'
        f"{icon('close' if act == 'close-side' else act)}</button>"
    )
