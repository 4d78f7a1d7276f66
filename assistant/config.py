"""Settings: defaults, then warta.toml, then WARTA_* variables, then flags; read once.

Whatever comes later wins. A key nobody knows is an error rather than silence, because a
misspelt `prot = 80` that changes nothing costs its writer an afternoon.
"""

import dataclasses
import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from warta.corpus.errors import ConfigError

CONFIG_FILE = "warta.toml"
_PREFIX = "WARTA_"
_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class Settings:
    """How this Warta runs; sizes are in the unit the comment names.

    `home` holds the archive and its index. `open` allows an address beyond this machine without
    `auth`, a file of logins, `tokens`, a file of programs' tokens, or `auth_header`, the header in
    which a reverse proxy at one of `proxies` (addresses or networks) names who it let in. What
    `proxies` say of where a request comes from and how it came (`X-Forwarded-*`) counts; nobody
    else may say it. `hosts` are further names under which the page may be called.
    `embedder` is the name or folder of a model, "" for the home's own or the shipped one.
    `reranker` is the name or folder of a cross-encoder, "" for none.
    `milvus` is the address of a Milvus that what is indexed is copied to and questions are asked
    of, "" for the home alone; `milvus_token` is what it asks for, "user:password" or a key.
    `language` is that of the page: "id", "en", or "" for the browser's own.

    `writer` is "extractive", "generative" (a model on this machine) or "endpoint" (one behind an
    OpenAI-compatible server). The latter two want `model`, a name or folder; the last also
    `endpoint`, the server's base address, and perhaps `api_key`. `device` is "cpu", "cuda",
    "mps" or "" for the best there is. `unsupported` says whether what a model writes without
    a source that carries it is marked ("mark") or left out ("drop"). `nli` is the name or folder
    of a cross-encoder that judges these sentences, too, on `device`; "" for the rules alone.
    """

    home: Path = Path("warta-data")
    host: str = "127.0.0.1"
    port: int = 7860
    open: bool = False
    hosts: tuple[str, ...] = ()
    auth: Path | None = None
    tokens: Path | None = None
    auth_header: str = ""
    proxies: tuple[str, ...] = ()
    embedder: str = ""
    reranker: str = ""
    milvus: str = ""
    milvus_token: str = dataclasses.field(default="", repr=False)
    writer: str = "extractive"
    model: str = ""
    device: str = ""
    endpoint: str = ""
    api_key: str = dataclasses.field(default="", repr=False)
    k: int = 6  # passages a model is shown
    max_tokens: int = 1_024  # of an answer by a model
    max_seconds: int = 120  # for an answer by a model
    unsupported: str = "mark"
    nli: str = ""
    language: str = ""
    mcp: bool = False  # answer other programs' assistants at /mcp
    max_question: int = 2_000  # characters
    max_body: int = 262_144  # bytes of one request
    queue: int = 48  # questions that may wait; the next is told "busy"
    workers: int = 2  # questions answered at the same time, by each process
    processes: int = 1  # that serve, at ports one after the other
    request_log: str = ""  # file of requests as lines of JSON; "-" is stdout
    log_questions: bool = False  # with the text of questions
    log_level: str = ""  # "" is warning, or what `-v` says
    watch: tuple[str, ...] = ()  # folders and files that `warta watch` looks at
    feeds: tuple[str, ...] = ()  # addresses it fetches
    watch_seconds: int = 60  # between two looks at a folder
    feed_seconds: int = 600  # between two fetches of a feed
    share_days: int = 0  # that an answer a reader shares can be read; 0: nobody shares

    @property
    def asks_login(self) -> bool:
        """Whether nobody comes in unnamed."""
        return bool(self.auth or self.auth_header or self.tokens)


def load_settings(
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
) -> Settings:
    """Read the settings of this run.

    Args:
        file: A TOML file; None reads `warta.toml` in the working folder where there is one.
        environ: Variables, `os.environ` by default; `WARTA_PORT` sets `port`.
            `WARTA_CONFIG` names the file and is no setting itself.
        flags: Values from the command line; None and () mean "not given".

    Raises:
        ConfigError: A file that cannot be read, an unknown key or a value that cannot be used.
    """
    variables = os.environ if environ is None else environ
    named = file or (Path(variables["WARTA_CONFIG"]) if variables.get("WARTA_CONFIG") else None)
    values = _from_file(named)
    values |= _from_variables(variables)
    for key, value in (flags or {}).items():
        if value is not None and value != ():
            values[key] = _as_wanted("the command line", f"--{key}", key, value)
    settings = Settings(**values)  # type: ignore[arg-type]
    _check_together(settings)
    return settings


def _from_file(named: Path | None) -> dict[str, object]:
    path = named or Path(CONFIG_FILE)
    if named is None and not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", "Name a readable file.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}.", "Mend that line.") from error
    values = {key: _as_wanted(str(path), key, key, value) for key, value in found.items()}
    for key in ("home", "auth", "tokens"):  # paths in a file are meant from where the file lies
        if isinstance(relative := values.get(key), Path):
            values[key] = path.parent / relative.expanduser()
    if isinstance(folders := values.get("watch"), tuple):
        values["watch"] = tuple(str(path.parent / Path(name).expanduser()) for name in folders)
    return values


def _from_variables(variables: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, value in variables.items():
        if name.startswith(_PREFIX) and name != "WARTA_CONFIG" and value:
            key = name.removeprefix(_PREFIX).lower()
            values[key] = _as_wanted("the environment", name, key, value)
    return values


def _as_wanted(where: str, name: str, key: str, value: object) -> object:
    """Return the value as its setting wants it, or say where, which and what instead."""
    if key not in _READERS:
        close = difflib.get_close_matches(key, _READERS, n=1)
        meant = f"Did you mean {close[0]!r}?" if close else f"Known are: {', '.join(_READERS)}."
        raise ConfigError(f"Unknown setting {name} = {value!r} in {where}.", meant)
    try:
        return _READERS[key](value)
    except ValueError as error:
        shown = "(hidden)" if key in ("api_key", "milvus_token") else repr(value)
        raise ConfigError(
            f"Setting {name} = {shown} in {where} cannot be used.", f"Give {error}."
        ) from None


def _check_together(settings: Settings) -> None:
    if settings.auth_header and not settings.proxies:
        raise ConfigError(
            f"auth_header = {settings.auth_header!r} is trusted from nobody.",
            'List the proxy: proxies = ["127.0.0.1"].',
        )
    if settings.auth_header and settings.auth:
        raise ConfigError("Both auth and auth_header are set.", "Leave one out.")
    if settings.writer == "generative" and not settings.model:
        raise ConfigError("The writer 'generative' has no model.", "Set model: a name or folder.")
    if settings.writer == "endpoint" and not (settings.endpoint and settings.model):
        raise ConfigError(
            f"The writer 'endpoint' has endpoint = {settings.endpoint!r} and "
            f"model = {settings.model!r}.",
            "Set both: the server's base address and the name it knows the model by.",
        )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text in quotation marks")
    return value.strip()


def _path(value: object) -> Path:
    if isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a path in quotation marks")
    return Path(value).expanduser()


def _names(value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError('a list of names: ["arsip.example.org"], or names between commas')
    return tuple(item.strip() for item in items if item.strip())


def _addresses(value: object) -> tuple[str, ...]:
    names = _names(value)
    if not all(name.startswith(("http://", "https://")) for name in names):
        raise ValueError('a list of addresses: ["https://example.org/feed.xml"]')
    return names


# Headers that any client sends or may send by itself: such a one names nobody.
_COMMON_HEADERS = re.compile(
    r"accept(-.+)?|authorization|cache-control|connection|content-.+|cookie|date|dnt|expect"
    r"|forwarded|from|host|if-.+|keep-alive|origin|pragma|priority|range|referer|sec-.+|te"
    r"|trailer|transfer-encoding|upgrade(-.+)?|user-agent|via|x-forwarded-.+|x-real-ip"
    r"|x-requested-with",
    re.IGNORECASE,
)
# The largest private networks are 10.0.0.0/8 and fc00::/7; what is larger is everybody.
_WIDEST = {4: 8, 6: 7}


def _header(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9-]*", value):
        raise ValueError("the name of a header: letters, digits, hyphens")
    if _COMMON_HEADERS.fullmatch(value):
        raise ValueError("a header that only the proxy sets, such as X-Remote-User")
    return value


def _networks(value: object) -> tuple[str, ...]:
    names = _names(value)
    try:
        networks = [ipaddress.ip_network(name) for name in names]
    except ValueError:
        raise ValueError('a list of addresses or networks: ["127.0.0.1", "10.0.0.0/24"]') from None
    if any(one.prefixlen < _WIDEST[one.version] for one in networks):
        raise ValueError("the proxy's own addresses, not everybody's")
    return tuple(str(one) for one in networks)


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUE + _FALSE:
        return value.lower() in _TRUE
    raise ValueError("true or false")


def _whole_number(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        expected = f"a whole number from {low} to {high}"
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(expected)
        return value

    return read


def _one_of(*choices: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in choices:
            raise ValueError("one of " + ", ".join(repr(choice) for choice in choices))
        return str(value)

    return read


_READERS: dict[str, Callable[[object], object]] = {
    "home": _path,
    "host": _text,
    "port": _whole_number(0, 65_535),
    "open": _yes_or_no,
    "hosts": _names,
    "auth": _path,
    "tokens": _path,
    "auth_header": _header,
    "proxies": _networks,
    "embedder": _text,
    "reranker": _text,
    "milvus": _text,
    "milvus_token": _text,
    "writer": _one_of("extractive", "generative", "endpoint"),
    "model": _text,
    "device": _text,
    "endpoint": _text,
    "api_key": _text,
    "k": _whole_number(1, 12),
    "max_tokens": _whole_number(16, 32_768),
    "max_seconds": _whole_number(1, 3_600),
    "unsupported": _one_of("mark", "drop"),
    "nli": _text,
    "language": _one_of("", "id", "en"),
    "mcp": _yes_or_no,
    "max_question": _whole_number(1, 2_000),
    "max_body": _whole_number(1_024, 16 * 2**20),
    "queue": _whole_number(1, 10_000),
    "workers": _whole_number(1, 256),
    "processes": _whole_number(1, 64),
    "request_log": _text,
    "log_questions": _yes_or_no,
    "log_level": _one_of("", "debug", "info", "warning", "error"),
    "watch": _names,
    "feeds": _addresses,
    "watch_seconds": _whole_number(1, 86_400),
    "feed_seconds": _whole_number(30, 604_800),
    "share_days": _whole_number(0, 3_650),
}


def is_local(host: str) -> bool:
    """Tell whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
