"""Judging many documents at once: opened by isolated workers, judged here, told in their order.

A document that kills its worker, eats its memory or takes too long costs only itself. Only a window of documents is
under way, so that memory does not grow with the pile.
"""

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from absah.adapters.document_piles import Piece
from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.verification import StatusSource, verify_document
from absah.kernel.errors import AbsahError, BadInput
from absah.validation.process import ValidationContext
from absah.validation.report import Report

_AHEAD: Final = 4  # documents under way or answered too early, for each worker

log = logging.getLogger("absah.verification")

#: The report on a document, or why there is none.
Judged: TypeAlias = Report | AbsahError


class NotJudged(BadInput):
    """Judging this document met a fault of ours. The log has it; the others go on."""

    code = "bulk.not-judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What documents are judged with: whom we trust, who is asked for what is missing, the password that opens them."""

    context: ValidationContext
    fetcher: StatusSource | None = None
    password: str | None = field(default=None, repr=False)


def judge_pile(
    pieces: Iterable[Piece], means: Means, pool: IsolatedPool, /, *, jobs: int
) -> Iterator[tuple[Piece, Judged]]:
    """Each document with what came out, in their order; `jobs` of them at once, as many as the pool has workers."""
    threads = ThreadPoolExecutor(jobs)
    under_way: deque[tuple[Piece, Future[Judged]]] = deque()
    try:
        for piece in pieces:
            under_way.append((piece, threads.submit(_judged, piece, means, pool)))
            if len(under_way) >= jobs * _AHEAD:
                yield _next(under_way)
        while under_way:
            yield _next(under_way)
    finally:  # whoever stops listening does not wait for what has not begun
        threads.shutdown(cancel_futures=True)


def _next(under_way: deque[tuple[Piece, Future[Judged]]]) -> tuple[Piece, Judged]:
    piece, future = under_way.popleft()
    return piece, future.result()


def _judged(piece: Piece, means: Means, pool: IsolatedPool) -> Judged:
    try:
        return verify_document(piece.read(), means.context, means.password, fetcher=means.fetcher, pool=pool)
    except AbsahError as error:
        return error
    except Exception:  # a worker loop: one document must not end the run (house style §4)
        log.exception("a document could not be judged")
        return NotJudged()
