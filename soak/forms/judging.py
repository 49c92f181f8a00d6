"""What is wrong with an answer to bad input. Nothing is said where all is well."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from soak.forms.asking import Answer, Question

#: Stands in every field for a secret; no answer may show it again.
CANARY: Final = "Rahasia-7f3c-jangan-tampil"
ELSEWHERE: Final = "evil.example"
_INSIDE: Final = re.compile(rb"Traceback|/site-packages/|django\.db|sqlite3\.|psycopg|DoesNotExist")
#: What a refusal may leave: the ledger's row of it, a session, and what counts attempts at a door or with a key.
_MAY_CHANGE: Final = re.compile(r"django_session|absah_cache|usersession|^audit_|accounts_signinattempt|signingrecord")
_HEADING: Final = re.compile(rb"<h1\b")
_CODE: Final = re.compile(rb'"(?:code|status|status_code|error)"')


def faults(question: Question, answer: Answer, /) -> Iterator[str]:
    """Sentences."""
    if answer.fault:
        yield f"a fault inside, answered with {answer.status}\n{answer.fault}"
    elif answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        yield f"answered with {answer.status}: {answer.body[:300]!r}"
    if found := _INSIDE.search(answer.body):
        yield f"{answer.status} shows the inside: {found[0]!r}"
    where = answer.headers.get("Location", "")
    if CANARY.encode() in answer.body or CANARY in where:
        yield f"{answer.status} shows a secret that was sent"
    if ELSEWHERE in where.partition("?")[0]:
        yield f"leads to {where}"
    if answer.status >= HTTPStatus.BAD_REQUEST:
        yield from _half_written(answer)
        yield from _unclear(question, answer)


def _half_written(answer: Answer) -> Iterator[str]:
    changed = sorted(table for table in answer.changed if not _MAY_CHANGE.search(table))
    if changed:
        yield f"refused with {answer.status}, and yet changed {', '.join(changed)}"


def _unclear(question: Question, answer: Answer) -> Iterator[str]:
    """A refusal is a page with a heading, or JSON with a code: in the reader's language, with its cause."""
    if question.method == "HEAD":
        return
    if answer.is_page:
        if not _HEADING.search(answer.body):
            yield f"{answer.status} is a page without a heading"
        wanted = b'lang="en"' if question.headers.get("Cookie", "").endswith("bahasa=en") else b'lang="id"'
        if wanted not in answer.body[:1000]:
            yield f"{answer.status} speaks another language than its reader"
    elif not _CODE.search(answer.body):
        kind = answer.headers.get("Content-Type", "")
        yield f"{answer.status} says nothing to its reader ({kind}): {answer.body[:80]!r}"
