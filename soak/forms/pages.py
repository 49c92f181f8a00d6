"""What a page of ours offers: where its links lead, and its forms with what a reader would send by them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

#: What a reader would write into an empty field of this kind.
_WRITTEN: Final = {
    "email": "contoh@sagarabiru.example",
    "url": "https://aplikasi.sagarabiru.example/terima",
    "number": "1",
    "date": "2027-03-01",
    "datetime-local": "2027-03-01T09:00",
    "time": "09:00",
    "tel": "081200000000",
    "month": "2027-03",
    "color": "#112233",
}
_TEXT: Final = "Contoh isian yang wajar"
_SHORT: Final = 20  # characters; longer values are ids and answers, not which form it is
#: Buttons and the token are no input; the token is sent with everything.
_NO_INPUT: Final = frozenset({"submit", "button", "reset", "image"})
TOKEN: Final = "csrfmiddlewaretoken"  # noqa: S105  (a name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One name that a form sends. `kind` is the input's type, or select, textarea; `value` what a reader would send."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """A form: where it is sent, how, and its fields. A name may come more than once."""

    action: str
    method: str
    fields: tuple[Field, ...]

    @property
    def shape(self) -> tuple[object, ...]:
        """Two forms of one shape meet the same lines of code."""
        fixed = tuple(one.value for one in self.fields if one.kind in {"button", "hidden"} and len(one.value) < _SHORT)
        return self.method, tuple(dict.fromkeys(one.name for one in self.fields)), fixed


@dataclass(slots=True)
class _Open:
    """A form that is being read."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[SentForm] = []
        self.assigned: list[tuple[str, Field]] = []  # inputs outside of a form that name it
        self.ids: dict[str, _Open] = {}
        self._form: _Open | None = None
        self._select: tuple[str, str] | None = None  # name, value so far
        self._all: list[_Open] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"a", "area"} and "href" in given:
            self.links.append(urljoin(self.address, given["href"]).partition("#")[0])
        elif tag == "form":
            action = urljoin(self.address, given.get("action") or self.address).partition("#")[0]
            self._form = _Open(action, given.get("method", "get").lower())
            self._all.append(self._form)
            self.ids[given.get("id", "")] = self._form
        elif tag == "option" and self._select is not None:
            name, so_far = self._select
            if "selected" in given or not so_far:
                self._select = (name, given.get("value", ""))
        elif "name" in given and given["name"] != TOKEN:
            self._named(tag, given)

    def _named(self, tag: str, given: dict[str, str]) -> None:
        if tag == "select":
            self._select = (given["name"], "")
        elif tag == "textarea":
            self._add(given, Field(name=given["name"], kind="textarea", value=_TEXT))
        elif tag == "button" and "value" in given:
            self._add(given, Field(name=given["name"], kind="button", value=given["value"]))
        elif tag == "input":
            kind = given.get("type", "text").lower()
            written = given.get("value", "")
            if kind in {"checkbox", "radio"}:
                written = written or "on"
            elif kind not in _NO_INPUT and kind not in {"hidden", "file"}:
                written = written or _WRITTEN.get(kind, _TEXT)
            if kind not in {"reset", "image"}:
                self._add(given, Field(name=given["name"], kind=kind, value=written))

    def _add(self, given: dict[str, str], found: Field) -> None:
        if "form" in given:
            self.assigned.append((given["form"], found))
        elif self._form is not None:
            self._form.fields.append(found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            name, value = self._select
            if self._form is not None:
                self._form.fields.append(Field(name=name, kind="select", value=value))
            self._select = None
        elif tag == "form":
            self._form = None

    def read(self, text: str) -> None:
        self.feed(text)
        self.close()
        for identifier, found in self.assigned:
            if identifier in self.ids:
                self.ids[identifier].fields.append(found)
        for form in self._all:
            self.forms.append(SentForm(action=form.action, method=form.method, fields=tuple(_sent(form.fields))))


def _sent(fields: list[Field]) -> list[Field]:
    """What one press sends: the first of the radios of a name, and the first button."""
    once: set[str] = set()
    kept = []
    for one in fields:
        if one.kind in {"radio", "button", "submit"}:
            if one.name in once:
                continue
            once.add(one.name)
        kept.append(one)
    return kept


def read_page(address: str, text: str, /) -> tuple[list[str], list[SentForm]]:
    """Addresses on this site that the page leads to, and its forms."""
    reader = _Reader(address)
    reader.read(text)
    links = [link for link in dict.fromkeys(reader.links) if link.startswith("/")]
    return links, [form for form in reader.forms if urlsplit(form.action).netloc == ""]
