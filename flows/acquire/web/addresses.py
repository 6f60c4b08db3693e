"""Which addresses may be connected to, and connecting to exactly those.

A page may send us anywhere: its links and redirects, and what its name servers answer, are written by strangers. So a
name is resolved once for each connection, what it resolves to is judged, and the connection goes to the very address
that was judged. Nobody asks the name server a second time, whose second answer could be another one.
"""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading
from typing import TYPE_CHECKING, Final, TypeVar

import httpx2

from flows.acquire.web.failure import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
T = TypeVar("T")

SCHEMES: Final = ("http", "https")
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
MAX_URL: Final = 4000  # letters
LOW_PORTS: Final = 1024  # below which other services than the web listen: mail, login, name servers
"""Ports below are refused, but those of the web: an answer is harmless, a line of ours to a mail server may not be."""

_NOT_IN_URL = re.compile(r"[\s\x00-\x1f\x7f]")
_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE)

# Addresses that carry an IPv4 address: what it is decides.
_GIVEN_OUT: Final = ipaddress.IPv6Network("2000::/3")  # all that IANA has given out of IPv6
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
# What the ipaddress module calls global, but is nobody's business on the web.
_ALSO_SPECIAL: Final = (
    ipaddress.ip_network("168.63.129.16/32"),  # a cloud's own services, at a public address
    ipaddress.ip_network("192.0.0.0/24"),  # of protocols
    ipaddress.ip_network("192.88.99.0/24"),  # relays of 6to4
    ipaddress.ip_network("fec0::/10"),  # site-local, before fc00::/7
    ipaddress.ip_network("5f00::/16"),  # segment routing
    ipaddress.ip_network("3fff::/20"),  # for documentation
    ipaddress.ip_network("64:ff9b:1::/48"),  # NAT64 of a site's own
)
# What a source may be allowed to: this machine and networks of one's own. The rest (link-local with the services that
# clouds keep there, multicast, reserved) is never the web.
_OWN: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")
)


def refusal(address: Address, *, allow_private: bool = False) -> str | None:
    """Why an address may not be connected to, as words that follow "it is"; None where it may."""
    inner = _carried(address)
    if inner is not None:
        why = refusal(inner, allow_private=allow_private)
        return f"{why} ({inner} inside it)" if why else None
    if allow_private and any(address in network for network in _OWN if network.version == address.version):
        return None
    if address.is_loopback:
        return "this machine itself"
    if address.is_link_local:
        return "link-local, where clouds keep their keys"
    if address.is_multicast:
        return "multicast"
    if address.is_unspecified:
        return "no address of a machine"
    if not address.is_global:
        return "private or reserved"
    if any(address in network for network in _ALSO_SPECIAL if network.version == address.version):
        return "reserved"
    if address.version == 6 and address not in _GIVEN_OUT:
        return "given out to nobody"
    return None


def _carried(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or (address in _V4_COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def checked_url(url: str, *, base: httpx2.URL | None = None, allow_private: bool = False) -> httpx2.URL:
    """The URL as it is asked for: absolute, without a fragment; `FetchError` where it may not be asked for.

    Args:
        url: what a source, a page or a redirect names.
        base: what it is relative to, if it may be.
        allow_private: whether it may name other ports than those of the web.
    """
    shown = url[:200]
    if len(url) > MAX_URL or _NOT_IN_URL.search(url):
        detail = f"is longer than {MAX_URL:,} letters" if len(url) > MAX_URL else "holds blanks or control characters"
        raise FetchError("url", shown, f"the address {detail}: correct it where it is written", again=False)
    try:
        parsed = base.join(url) if base is not None else httpx2.URL(url)
        parsed = parsed.copy_with(fragment=None)
        host, port = parsed.raw_host.decode("ascii"), parsed.port
    except (httpx2.InvalidURL, ValueError):
        raise FetchError("url", shown, "this is no address: correct it where it is written", again=False) from None
    if parsed.scheme not in SCHEMES:
        detail = f'only http and https are fetched, not "{parsed.scheme[:20]}"'
        raise FetchError("scheme", shown, detail, again=False)
    if parsed.userinfo:
        bare = str(parsed.copy_with(username=None, password=None))[:200]
        detail = "the address holds a name or password: take it out, and name a variable in headers_env of the source"
        raise FetchError("url", bare, detail, again=False)
    if not _HOST.fullmatch(host) or not 0 < (port or 80) < 65536:
        raise FetchError("url", shown, "the address names no host: correct it where it is written", again=False)
    if port is not None and port < LOW_PORTS and port not in DEFAULT_PORTS.values() and not allow_private:
        detail = f"port {port} is not one of the web: correct the address where it is written"
        raise FetchError("address", shown, detail, again=False)
    return parsed


def authority(url: httpx2.URL) -> str:
    """The host as politeness counts it: one machine under both schemes, another one under each odd port."""
    host = url.raw_host.decode("ascii")
    host = f"[{host}]" if ":" in host else host
    return host if url.port is None or url.port == DEFAULT_PORTS[url.scheme] else f"{host}:{url.port}"


def origin(url: httpx2.URL) -> str:
    """Scheme, host and port: to whom a secret belongs, and where robots.txt lies."""
    return f"{url.scheme}://{authority(url)}"


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system has them, the best first; `OSError` where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def permitted(
    host: str,
    port: int,
    *,
    url: str,
    seconds: float,
    allow_private: bool,
    resolver: Callable[[str, int], Sequence[str]] = resolve,
) -> list[str]:
    """The addresses of a host that may be connected to, the best first.

    Args:
        host: a name, or an address in whatever spelling.
        port: what is connected to.
        url: what to tell in an error.
        seconds: how long the name server may think.
        allow_private: whether this machine and private networks count.
        resolver: who is asked, once.

    Raises:
        FetchError: `dns` where the name is not known, `address` where it has none that may be connected to.
    """
    named = _literal(host)
    try:
        found = [str(named)] if named else _within(seconds, lambda: resolver(host, port))
    except TimeoutError:
        detail = f"the name server did not say within {seconds:.0f} s where {host} is: look at the network, try later"
        raise FetchError("dns", url, detail) from None
    except (OSError, UnicodeError) as error:
        words = error.strerror if isinstance(error, OSError) and error.strerror else "no such name"
        detail = f"{host} is not known as a name ({words}): correct the address, or try later"
        raise FetchError("dns", url, detail) from None
    judged = [(each, refusal(ipaddress.ip_address(each), allow_private=allow_private)) for each in found]
    good = [each for each, why in judged if why is None]
    if not good:
        what = f"leads to {judged[0][0]}, which is {judged[0][1]}" if judged else "has no address"
        remedy = "" if allow_private else ": if it is meant to, set allow_private = true for its source in sources.toml"
        raise FetchError("address", url, f"{host} {what}; nothing is fetched from there{remedy}", again=False)
    return good


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises; `TimeoutError` where it takes too long: a name server has no deadline."""
    said: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            said.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - raised below, in the thread that waits for it
            said.put((None, error))

    threading.Thread(target=run, daemon=True, name="resolve").start()
    try:
        result, error = said.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
