"""Sends what is bad to everything that was found, and keeps what is wrong with the answers, each once."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final, TypeVar

from django.urls import resolve

from soak.forms import values
from soak.forms.asking import PLAIN_FORM, Answer, Asker, File, Pair, Question, encoded, encoded_words
from soak.forms.finding import Found, route_at, routes, walk
from soak.forms.judging import CANARY, faults
from soak.forms.pages import SentForm

_Case = TypeVar("_Case")

_METHODS: Final = ("POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW")
_PDF: Final = b"application/pdf"
_MULTIPART: Final = "multipart/form-data; boundary=x"

#: Bodies that are no form, with their media types.
_BODIES: Final = (
    ("broken multipart", _MULTIPART, b"--x\r\n\xff"),
    ("a part without end", _MULTIPART, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 1000),
    ("multipart without boundary", "multipart/form-data", b"--x\r\n\xff"),
    ("json that breaks off", "application/json", b'{"a":'),
    ("another charset", f"{PLAIN_FORM}; charset=utf-16", b"a=%ff"),
    ("no charset", f"{PLAIN_FORM}; charset=no-such", b"a=%ff"),
    ("many fields", PLAIN_FORM, b"&".join(b"a%d=1" % number for number in range(2_000))),
    ("no media type", "", b"a=1"),
)
_HEADERS: Final = (
    {"Accept-Language": "xx," * 2_000, "If-Modified-Since": "x", "If-None-Match": '"', "Range": "bytes=-1"},
    {"Accept": ",,;q=x", "Accept-Language": "en;q=nan, id;q=1e400", "Cookie": r'bahasa="\000"; messages=garbage'},
    {"Cookie": r'sessionid="abcdefgh\000ijkl"; csrftoken=<script>', "X-Forwarded-For": "not, an, address"},
)
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(slots=True)
class Sweep:
    """One sweep with some words and files. `problems` are sentences, each with the first question that led to it.

    With `every` = 5 each form, page and address meets a fifth of the cases, the next the next fifth.
    """

    asker: Asker
    document: bytes
    words: Collection[str] = values.FEW
    files: Collection[str] = values.FEW_FILES
    every: int = 1
    found: Found = field(default_factory=Found)
    problems: dict[str, str] = field(default_factory=dict)
    _turn: int = 0

    def run(self) -> None:
        """Everything."""
        self.found = walk(self.asker)
        for problem in self.found.broken:
            self.problems[problem] = problem
        for user, form in self.forms():
            self.spoil(form, user)
        self.cross()
        self.ask_around()
        self.spoil_addresses()

    def forms(self) -> Iterator[tuple[str, SentForm]]:
        """Every form once, with a reader who has it."""
        seen: set[tuple[object, ...]] = set()
        for (route, user), forms in self.found.forms.items():
            for form in forms:
                if (route, *form.shape) not in seen:
                    seen.add((route, *form.shape))
                    yield user, form

    def _in_turn(self, cases: Iterable[_Case], /) -> list[_Case]:
        self._turn += 1
        return [case for number, case in enumerate(cases, self._turn) if number % self.every == 0]

    def ask(self, *questions: Question) -> Answer:
        """Ask, and judge the last answer."""
        answer = self.asker.ask(*questions)
        for problem in faults(questions[-1], answer):
            self.problems.setdefault(_key(questions[-1], problem), f"{questions[-1]}: {problem}")
        return answer

    def spoil(self, form: SentForm, user: str, /) -> None:
        """The form as meant, and in every way in which it is not."""
        meant = self.meant(form)
        english = {"Cookie": self.asker.cookies(user) + "bahasa=en"}
        self._send(form, user, meant, "as meant")
        self.ask(replace(_question(form, user, (), "nothing"), headers=english))
        if self._in_turn(["twice"]):
            self._send(form, user, [*meant, *meant], "everything twice")
        for case in self._in_turn(self.words):
            said = values.WORDS[case]
            self._send(form, user, [(n, v if isinstance(v, File) else said) for n, v in meant], f"all of it: {case}")
        for place, (name, value) in enumerate(meant):
            if isinstance(value, File):
                for case, other in self._in_turn(self._files()):
                    self._send(form, user, [*meant[:place], (name, other), *meant[place + 1 :]], f"{name}: {case}")
            elif name not in dict(meant[:place]):
                self._send(form, user, [*meant[:place], *meant[place + 1 :]], f"{name}: missing")
        if form.method == "post":
            self._late(form, user, meant)

    def _late(self, form: SentForm, user: str, meant: Sequence[Pair]) -> None:
        """Sent without its token, sent twice, and after each other thing that can be done with the same object."""
        question = _question(form, user, meant, "twice")
        bare = self.ask(replace(question, case="without its token", with_token=False))
        exempt = getattr(resolve(form.action.partition("?")[0]).func, "csrf_exempt", False)
        if bare.status != HTTPStatus.FORBIDDEN and not exempt:
            self.problems[f"token {question.route}"] = f"{question}: {bare.status} without its token"
        self.ask(question, question)
        thing = _UUID.search(form.action)
        others = [one for one in self.forms() if thing and thing[0] in one[1].action and one[1].method == "post"]
        for other_user, other in self._in_turn(others):
            if other is not form:
                first = _question(other, other_user, self.meant(other), "first")
                self.ask(first, replace(question, case=f"after {first.route}"))

    def spoil_fields(self, form: SentForm, user: str, /) -> None:
        """Each word in each field alone, the others as meant."""
        meant = self.meant(form)
        for place, (name, value) in enumerate(meant):
            for case in self.words if isinstance(value, bytes) else ():
                other = (name, values.WORDS[case])
                self._send(form, user, [*meant[:place], other, *meant[place + 1 :]], f"{name}: {case}")

    def cross(self) -> None:
        """What is another's is refused as what is not there at all is."""
        shapes = {route.name: route for route in routes() if route.parts}
        for (name, owner), addresses in self.found.addresses.items():
            if name not in shapes:
                continue
            for user in self._in_turn(self.asker.users):
                if user != owner and not self.found.addresses.get((name, user)):
                    self._compare(addresses[:1], shapes[name].at(shapes[name].nowhere()), name, user)

    def _compare(self, addresses: Sequence[str], nowhere: str, route: str, user: str) -> None:
        for address in addresses:
            question = Question(method="GET", address=address, user=user, case="another's", route=route)
            theirs = self.ask(question)
            if theirs.status >= HTTPStatus.BAD_REQUEST:
                nobodys = self.ask(replace(question, address=nowhere, case="nobody's"))
                if theirs.status != nobodys.status:
                    said = f"{question}: {theirs.status}, but {nobodys.status} where nothing is"
                    self.problems.setdefault(f"cross {route}", said)

    def ask_around(self) -> None:
        """Methods, bodies, headers, and the words that a view reads, with values that are none."""
        for route, (address, user) in self.found.readers().items():
            plain = Question(method="GET", address=address, user=user, case="", route=route)
            for method in self._in_turn(_METHODS):
                self.ask(replace(plain, method=method, case="by another method"))
            for case, kind, body in self._in_turn(_BODIES):
                self.ask(replace(plain, method="POST", case=case, body=body, media_type=kind))
            for headers in self._in_turn(_HEADERS):
                self.ask(replace(plain, headers=headers, case=f"with {', '.join(headers)}"))
            self.ask(replace(plain, query=b"\xff\xfe=%zz&&&=;a[]=1&%00=%00", case="with a query that is none"))
            asked = [word for word in self.found.words.get(route, ()) if word]
            for case in self._in_turn(self.words) if asked else ():
                query = encoded_words([(word, values.WORDS[case][:5_000]) for word in asked])
                self.ask(replace(plain, address=address.partition("?")[0], query=query, case=f"asked: {case}"))

    def spoil_addresses(self) -> None:
        """Parts of addresses, one at a time."""
        readers = self.found.readers() | {route_at(form.action): (form.action, user) for user, form in self.forms()}
        for route in routes():
            address, user = readers.get(route.name, ("", ""))
            real = route.nowhere()
            if address:
                real |= {name: str(value) for name, value in resolve(address.partition("?")[0]).kwargs.items()}
            for name, _kind in route.parts:
                for case, part in self._in_turn(values.PARTS.items()):
                    spoilt = route.at(real | {name: part})
                    asked = Question(method="GET", address=spoilt, user=user, case=f"{name}: {case}", route=route.name)
                    self.ask(asked)
                    self.ask(replace(asked, method="POST", body=b"a=1"))

    def meant(self, form: SentForm, /) -> list[Pair]:
        """What a reader would send, with a document for each file and the canary for each secret."""
        file = File(name=b"x.pdf", media_type=_PDF, content=self.document)
        as_meant: dict[str, bytes | File] = {"file": file, "password": CANARY.encode()}
        return [(one.name, as_meant.get(one.kind, one.value.encode())) for one in form.fields]

    def _files(self) -> Iterator[tuple[str, bytes | File]]:
        for case in self.files:
            name, kind, content = values.files()[case]
            yield case, File(name=name, media_type=kind, content=content)
        yield "no file", b"text"

    def _send(self, form: SentForm, user: str, pairs: Sequence[Pair], case: str) -> None:
        answer = self.ask(_question(form, user, pairs, case))
        self.found.words.setdefault(route_at(form.action), set()).update(answer.words - {name for name, _ in pairs})


def _question(form: SentForm, user: str, pairs: Sequence[Pair], case: str) -> Question:
    question = Question(method="GET", address=form.action, user=user, case=case, route=route_at(form.action))
    if form.method == "get":
        words = [(name, value[:5_000]) for name, value in pairs if isinstance(value, bytes)]
        return replace(question, address=form.action.partition("?")[0], query=encoded_words(words))
    body, kind = encoded(pairs)
    return replace(question, method="POST", body=body, media_type=kind)


def _key(question: Question, problem: str) -> str:
    """The same for what has one cause: where a traceback ends and in which words, else route and sentence."""
    lines = problem.strip().splitlines()
    places = [line for line in lines if 'File "' in line and "absah" in line]
    return f"{places[-1]} {lines[-1][:80]}" if places else f"{question.route} {problem[:120]}"
