"""Where the server listens, and who could reach it there."""

import errno
import logging
import socket

from warta.assistant.config import Settings, is_local
from warta.corpus.errors import ConfigError

_log = logging.getLogger(__name__)
_LAST_PORT = 65_535
BACKLOG = 512  # connections that the system keeps until they are taken in


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises ConfigError where the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise ConfigError(
            f"The host {host!r} is not known.", "Give this machine's name."
        ) from error
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"Port {port} on {host} is in use.",
                "Stop the program that has it, or choose another with --port.",
            ) from error
        raise ConfigError(
            f"Port {port} on {host} cannot be had: {error.strerror}.",
            "Choose another --host or --port.",
        ) from error
    return listening


def ports_of(settings: Settings) -> list[int]:
    """Return the port of each process that serves; raises ConfigError where they are too few."""
    if not settings.port:
        return [0] * settings.processes
    ports = list(range(settings.port, settings.port + settings.processes))
    if ports[-1] > _LAST_PORT:
        raise ConfigError(
            f"{settings.processes} processes from port {settings.port} on need ports up to "
            f"{ports[-1]}, the last is {_LAST_PORT}.",
            "Choose a lower --port or fewer --processes.",
        )
    return ports


def warn_if_open(settings: Settings) -> None:
    """Refuse an address beyond this machine without login or `open`; warn of what it lacks."""
    if is_local(settings.host):
        return
    if settings.auth or settings.tokens:
        _log.warning(
            "Logins and tokens go to %s as clear text: Warta speaks no TLS. Put a proxy that does "
            "before it, and list it under proxies.",
            settings.host,
        )
    if settings.asks_login:
        return
    if not settings.open:
        raise ConfigError(
            f"{settings.host} can be reached from other machines, and no login is set.",
            "Add --auth FILE or --tokens FILE, or --open to let everybody in.",
        )
    _log.warning(
        "Everybody who can reach %s can read this archive: there is no login.", settings.host
    )


def names_of(settings: Settings) -> list[str]:
    """Return the names under which this server may be called; beyond it also IP addresses.

    Another name could be anybody's who makes it lead here: the reader's browser would take his
    page and this one for the same site.
    """
    local = ["127.0.0.1", "localhost", "[::1]"]
    own = [] if is_local(settings.host) else [name := socket.gethostname(), f"{name}.local"]
    return list(dict.fromkeys([*local, settings.host, *own, *settings.hosts]))
