"""One name against one subtree, form by form (RFC 5280 §4.2.1.10).

Each form has two functions: one that reads a constraint, one that asks a name. Text that is no name of its form is
`NotAName`: nobody can say whether it lies inside, so it must not pass.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from absah.validation.path.general_names import Form, GeneralName, NameValue
from absah.validation.path.names import is_within


class NotAName(ValueError):
    """Not a name of the form, or not a constraint on it."""


#: A label of a host name. The underscore is unlawful there (RFC 1123 §2.1), and in names of services it is usual.
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MAXIMUM_HOST: Final = 253


def read_host(text: str, /, *, wildcard: bool = False) -> str:
    """A host name in lower case; with `wildcard` its first label may be a star. Raises NotAName."""
    host = text.lower()
    labels = host.split(".")
    if wildcard and len(labels) > 1 and labels[0] == "*":
        labels = labels[1:]
    if len(host) > _MAXIMUM_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise NotAName(text)
    return host


def _read_dns_constraint(value: NameValue) -> str:
    # The empty constraint is every name. Leading periods and stars are for other forms.
    return read_host(_text(value)) if value else ""


def _dns_within(value: NameValue, constraint: str, *, excluding: bool) -> bool:
    host = read_host(_text(value), wildcard=True)
    if _below(host, constraint, itself=True):
        return True
    # A wildcard names many hosts. It must not be used to name one that is excluded (RFC 9525 §6.3 expands one label).
    return excluding and host.startswith("*.") and constraint.partition(".")[2] == host[2:]


def _read_email_constraint(value: NameValue) -> tuple[str, str]:
    """(local part, host): a mailbox; ("", host): all at one host; ("", .domain): all below a domain."""
    text = _text(value)
    if "@" in text:
        return _read_mailbox(text)
    if not text:
        return "", ""
    return "", _read_domain(text)


def _read_mailbox(text: str) -> tuple[str, str]:
    local, _, host = text.rpartition("@")
    if not _LOCAL_PART.fullmatch(local):
        raise NotAName(text)
    return local, read_host(host)


def _email_within(value: NameValue, constraint: tuple[str, str], *, excluding: bool) -> bool:
    del excluding
    local, host = _read_mailbox(_text(value))
    wanted_local, wanted_host = constraint
    if wanted_local:
        return (local, host) == constraint  # the local part is case-sensitive, the host is not
    return _host_within(host, wanted_host)


def _read_uri_constraint(value: NameValue) -> str:
    return _read_domain(_text(value)) if value else ""


def _uri_within(value: NameValue, constraint: str, *, excluding: bool) -> bool:
    del excluding
    text = _text(value)
    try:
        host = urlsplit(text).hostname
    except ValueError:
        raise NotAName(text) from None
    # "does not include an authority component with a host name specified as a fully qualified domain name"
    if host is None or _is_address(host) or "." not in host:
        raise NotAName(text)
    return _host_within(read_host(host), constraint)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _read_domain(text: str) -> str:
    return "." + read_host(text[1:]) if text.startswith(".") else read_host(text)


def _host_within(host: str, constraint: str) -> bool:
    """A constraint with a leading period means hosts below; without one, that host alone."""
    if not constraint:
        return True
    return _below(host, constraint[1:], itself=False) if constraint.startswith(".") else host == constraint


def _below(host: str, domain: str, *, itself: bool) -> bool:
    return not domain or (itself and host == domain) or host.endswith("." + domain)


class _Network(NamedTuple):
    size: int
    address: int
    mask: int


def _read_ip_constraint(value: NameValue) -> _Network:
    octets = value if isinstance(value, bytes) else b""
    if len(octets) not in {8, 32}:
        raise NotAName
    half = len(octets) // 2
    address, mask = int.from_bytes(octets[:half], "big"), int.from_bytes(octets[half:], "big")
    inverse = mask ^ ((1 << 8 * half) - 1)
    if inverse & (inverse + 1):  # "in the style of RFC 4632 (CIDR)": ones, then zeros
        raise NotAName
    return _Network(half, address & mask, mask)


def _ip_within(value: NameValue, constraint: _Network, *, excluding: bool) -> bool:
    del excluding
    octets = value if isinstance(value, bytes) else b""
    if len(octets) not in {4, 16}:
        raise NotAName
    return len(octets) == constraint.size and int.from_bytes(octets, "big") & constraint.mask == constraint.address


def _read_directory_constraint(value: NameValue) -> NameValue:
    return value


def _directory_within(value: NameValue, constraint: NameValue, *, excluding: bool) -> bool:
    del excluding
    assert isinstance(value, tuple) and isinstance(constraint, tuple)  # noqa: S101, PT018  (what the form holds)
    return is_within(value, constraint)


def _text(value: NameValue) -> str:
    assert isinstance(value, str)  # noqa: S101  (what the form holds)
    return value


#: The forms whose constraints are processed.
_READERS: Final[dict[Form, Callable[[NameValue], object]]] = {
    Form.DNS: _read_dns_constraint,
    Form.EMAIL: _read_email_constraint,
    Form.URI: _read_uri_constraint,
    Form.IP: _read_ip_constraint,
    Form.DIRECTORY: _read_directory_constraint,
}
_ASKERS: Final[dict[Form, Callable[..., bool]]] = {
    Form.DNS: _dns_within,
    Form.EMAIL: _email_within,
    Form.URI: _uri_within,
    Form.IP: _ip_within,
    Form.DIRECTORY: _directory_within,
}

SUPPORTED: Final = frozenset(_READERS)


class Subtree(NamedTuple):
    """A constraint that was read, with its form."""

    form: Form
    base: object

    def holds(self, name: GeneralName, /, *, excluding: bool = False) -> bool:
        """Whether a name of this form lies inside; `excluding` counts a wildcard that could. Raises NotAName."""
        return _ASKERS[self.form](name.value, self.base, excluding=excluding)


def read_subtree(constraint: GeneralName, /) -> Subtree:
    """A constraint of a supported form. Raises NotAName."""
    return Subtree(constraint.form, _READERS[constraint.form](constraint.value))
