"""What the door refuses before a desk sees it, as problem details (RFC 9457) in both languages."""

import json
from typing import Final

from absah.kernel.errors import AbsahError, BadInput, NotFound, Unavailable
from absah.kernel.messages import Language, explain
from absah_site.responders.exchange import Answer


class NothingHere(NotFound):
    """No service has this address."""

    code = "responders.nothing-here"


class MethodRefused(BadInput):
    """The service does not take this method. Parameter: allowed."""

    code = "responders.method-refused"


class QuestionTooLarge(BadInput):
    """More bytes than a question of this service ever has. Parameter: limit, in bytes."""

    code = "responders.question-too-large"


class QuestionTooSlow(BadInput):
    """The body did not arrive in time. Parameter: seconds."""

    code = "responders.question-too-slow"


class QuestionCutShort(BadInput):
    """The client went away, or broke HTTP, before its question was whole. It will hardly read this."""

    code = "responders.question-cut-short"


class MediaTypeRefused(BadInput):
    """The body is of another kind. Parameter: expected."""

    code = "responders.media-type-refused"


class ServiceNotReady(Unavailable):
    """The service has no key or no register at this moment."""

    code = "responders.not-ready"


_STATUS: Final[dict[type[AbsahError], int]] = {
    NothingHere: 404,
    QuestionCutShort: 400,
    MethodRefused: 405,
    QuestionTooSlow: 408,
    QuestionTooLarge: 413,
    MediaTypeRefused: 415,
    ServiceNotReady: 503,
}
#: A body that was not read to its end cannot be followed by another request.
_UNREAD: Final = (QuestionTooLarge, QuestionTooSlow, QuestionCutShort)


def refusal(error: AbsahError, /) -> Answer:
    """The answer that says what was wrong and what to do, in Indonesian and English."""
    status = _STATUS[type(error)]
    indonesian, english = explain(error, Language.INDONESIAN), explain(error, Language.ENGLISH)
    problem = {
        "type": "about:blank",
        "status": status,
        "code": error.code,
        "title": english.cause,
        "detail": english.next_step,
        "judul": indonesian.cause,
        "langkah": indonesian.next_step,
    }
    headers = [("content-type", "application/problem+json"), ("cache-control", "no-store")]
    if isinstance(error, MethodRefused):
        headers.append(("allow", str(error.parameters["allowed"])))
    if isinstance(error, _UNREAD):
        headers.append(("connection", "close"))
    word = error.code.partition(".")[2]
    return Answer(json.dumps(problem, ensure_ascii=False).encode(), tuple(headers), word, status)
