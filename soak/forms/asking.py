"""Asks the site in this process, watches what each question writes, and takes it back.

Every question runs inside a transaction that is undone, so that thousands of them meet the same instance. What was
changed is known by comparing the rows of the tables that were written to, before they are put back.
"""

import hashlib
import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_from_bytes

from django.core.signals import got_request_exception
from django.db import DatabaseError, connection, transaction
from django.http import QueryDict
from django.test import Client

from absah_site import allowance

_WRITES: Final = re.compile(r'\s*(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
PLAIN_FORM: Final = "application/x-www-form-urlencoded"
_BOUNDARY: Final = b"-----------------------------sweep"
_READERS: Final = ("__getitem__", "get", "getlist", "__contains__")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What is sent for a file."""

    name: bytes
    media_type: bytes
    content: bytes


#: A name of a form, and what stands in the request for it.
Pair = tuple[str, bytes | File]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request. `case` says to a person what is odd about it."""

    method: str
    address: str
    user: str
    case: str
    route: str = ""
    query: bytes = b""
    body: bytes = b""
    media_type: str = PLAIN_FORM
    headers: Mapping[str, str] = field(default_factory=dict)
    with_token: bool = True

    def __str__(self) -> str:
        return f"{self.method} {self.address[:120]} ({self.route}) as {self.user or 'nobody'}, {self.case}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, which tables were other than before, and the names that were looked up in what was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    changed: frozenset[str]
    fault: str
    words: frozenset[str]

    @property
    def is_page(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")


def encoded(pairs: Sequence[Pair], /) -> tuple[bytes, str]:
    """The body of a form and its media type: multipart where a file is in it."""
    if not any(isinstance(value, File) for _, value in pairs):
        return encoded_words([(name, value) for name, value in pairs if isinstance(value, bytes)]), PLAIN_FORM
    parts = [b"--" + _BOUNDARY + b"\r\n" + _part(name, value) + b"\r\n" for name, value in pairs]
    return b"".join(parts) + b"--" + _BOUNDARY + b"--\r\n", f"multipart/form-data; boundary={_BOUNDARY.decode()}"


def encoded_words(pairs: Sequence[tuple[str, bytes]], /) -> bytes:
    """Names and values as they stand in a query."""
    return "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in pairs).encode()


def _part(name: str, value: bytes | File) -> bytes:
    head = b'Content-Disposition: form-data; name="' + name.encode() + b'"'
    if isinstance(value, bytes):
        return head + b"\r\n\r\n" + value
    return head + b'; filename="' + value.name + b'"\r\nContent-Type: ' + value.media_type + b"\r\n\r\n" + value.content


class Asker:
    """Asks as any of the readers, whose clients are signed in already. `asked` counts."""

    def __init__(self, clients: Mapping[str, Client]) -> None:
        self._clients = clients
        self._rows: dict[str, bytes] = {}
        self.asked = 0

    @property
    def users(self) -> tuple[str, ...]:
        """The readers."""
        return tuple(self._clients)

    def cookies(self, user: str, /) -> str:
        """What stands in the header of this reader's browser."""
        return "".join(f"{one.key}={one.value}; " for one in self._clients[user].cookies.values())

    def ask(self, *questions: Question) -> Answer:
        """The answer to the last of them, each after what came of those before it. All is taken back."""
        whole = transaction.atomic()
        whole._from_testcase = True  # type: ignore[attr-defined]  # noqa: SLF001  (a durable block may stand in it)
        with whole:
            for earlier in questions[:-1]:
                self._answered(earlier)
            before: dict[str, bytes] = {}
            with _written(before, known=self._rows if len(questions) == 1 else {}) as tables:
                answer, fault, words = self._answered(questions[-1])
            changed = _changed(tables, before)
            transaction.set_rollback(True)
        return Answer(
            status=answer.status_code,
            headers=dict(answer.headers),
            body=b"".join(answer.streaming_content) if answer.streaming else answer.content,
            changed=changed,
            fault=fault,
            words=words,
        )

    def _answered(self, question: Question) -> tuple[Any, str, frozenset[str]]:
        self.asked += 1
        client = self._clients[question.user]
        client.raise_request_exception = False
        client.handler.enforce_csrf_checks = not question.with_token
        cookies = client.cookies.copy()
        allowance.checks.cache_clear()
        query = {"QUERY_STRING": question.query.decode("latin-1")} if question.query else {}
        with _faults() as faults, _words_read() as words:
            answer = client.generic(
                question.method,
                question.address,
                question.body,
                content_type=question.media_type,
                headers=dict(question.headers),
                **query,
            )
        client.cookies = cookies
        return answer, "".join(faults), frozenset(words)


def _changed(tables: set[str], before: Mapping[str, bytes]) -> frozenset[str]:
    try:
        return frozenset(table for table in tables if _digest(table) != before[table])
    except DatabaseError:  # PostgreSQL answers nothing more in a transaction that failed
        return frozenset()


def _digest(table: str) -> bytes:
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  (a name from our own statements)
        for row in sorted(map(repr, cursor.fetchall())):
            digest.update(row.encode("utf-8", "surrogatepass"))
    return digest.digest()


@contextmanager
def _written(before: dict[str, bytes], *, known: dict[str, bytes]) -> Iterator[set[str]]:
    """The tables that are written to meanwhile. `before` is what each was; `known`, what it is before any question."""
    tables: set[str] = set()

    def watch(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        found = _WRITES.match(sql)
        if found and found[1] not in tables:
            tables.add(found[1])
            before[found[1]] = known.get(found[1]) or _digest(found[1])
            known[found[1]] = before[found[1]]
        return execute(sql, *more)

    with connection.execute_wrapper(watch):
        yield tables


@contextmanager
def _faults() -> Iterator[list[str]]:
    """The tracebacks of what views raise meanwhile."""
    faults: list[str] = []

    def note(**_: Any) -> None:
        faults.append(traceback.format_exc())

    got_request_exception.connect(note)
    try:
        yield faults
    finally:
        got_request_exception.disconnect(note)


@contextmanager
def _words_read() -> Iterator[set[str]]:
    """The names that views and forms look up meanwhile in what was sent: the words they know, shown or not."""
    words: set[str] = set()

    def noting(plain: Callable[..., Any]) -> Callable[..., Any]:
        def noted(self: Any, key: Any, *more: Any, **named: Any) -> Any:
            words.add(key)
            return plain(self, key, *more, **named)

        return noted

    own = {name: QueryDict.__dict__.get(name) for name in _READERS}
    for name in _READERS:
        setattr(QueryDict, name, noting(getattr(QueryDict, name)))
    try:
        yield words
    finally:
        for name, plain in own.items():
            if plain is None:
                delattr(QueryDict, name)
            else:
                setattr(QueryDict, name, plain)
