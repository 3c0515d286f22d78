"""Where a web address may lead: nowhere inside the office's own network, but where the settings name the place."""

import ipaddress
import re
import socket
from collections.abc import Collection

from engine.i18n import _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NUMBER = re.compile(r"(0x[0-9a-f]*|\d+)\.?", re.IGNORECASE)  # as the last label of a name: an address in disguise
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SITE_LOCAL = ipaddress.ip_network("fec0::/10")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")


def refusal(host: str, allowed: Collection[str]) -> str | None:
    """Why nothing is posted to this host; None where it may be reached, or does not exist at all.

    `allowed` are hosts as they are written in addresses; they are not looked at any further.
    """
    if host.lower() in allowed:
        return None
    if _is_disguised(host):
        return _("{host} is a number, not a name: write the name").format(host=host)
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return None  # to be tried, and told by its own error
    return next((leads_inside(host, one) for one in sorted(found) if is_inside(one)), None)


def leads_inside(host: str, address: str) -> str:
    text = _("{host} leads to {address}, inside a network: name it in KH_WEBHOOK_ALLOW if that is meant")
    return text.format(host=host, address=address)


def is_inside(text: str) -> bool:
    """Whether an IP address is one that the whole world does not share, however it is wrapped."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return not all(one.is_global and not one.is_multicast and one not in SITE_LOCAL for one in _wrapped(address))


def _wrapped(address: Address) -> list[Address]:
    """The address, and the older ones inside it."""
    found: list[Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return [address.ipv4_mapped]
        low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address in NAT64 or int(address) >> 32 == 0:
            found = [low]
        elif address in SIX_TO_FOUR:
            found.append(ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF))
        elif address.teredo:
            found += address.teredo
    return found


def _is_disguised(host: str) -> bool:
    """Decimal, octal, hexadecimal and shortened spellings of an address, which a reader takes for something else."""
    last = host.rstrip(".").rpartition(".")[2]
    if ":" in host or not NUMBER.fullmatch(last):
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return True
    return False
