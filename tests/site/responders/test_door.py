"""The door of the responders: every limit holds before a desk is asked, and a fault ends one request only."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from granian.rsgi import ProtocolClosed

from absah.kernel.errors import Unavailable
from absah_site.responders.door import Door
from absah_site.responders.exchange import Answer, Question
from absah_site.responders.refusals import ServiceNotReady


@dataclass
class EchoDesk:
    """Says what it was asked; `broken` makes it raise."""

    name: str = "echo"
    path: str = "/echo"
    methods: frozenset[str] = frozenset({"POST", "GET"})
    media_type: str = "application/echo"
    largest: int = 10
    broken: Exception | None = None
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question, /) -> Answer:
        self.asked.append(question)
        if self.broken is not None:
            raise self.broken
        return Answer(question.body or question.rest.encode(), (("content-type", "application/echo"),), "echoed")

    def fault(self) -> Answer:
        return Answer(b"my fault", (), "fault")

    def tick(self) -> None:
        if self.broken is not None:
            raise self.broken


@dataclass
class FakeScope:
    path: str
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/echo"})
    proto: str = "http"


@dataclass
class FakeExchange:
    """A body in chunks; None is a chunk that never comes."""

    chunks: tuple[bytes | None, ...] = (b"",)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def __call__(self) -> bytes:
        return b"".join([chunk async for chunk in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            if chunk is None:
                await asyncio.sleep(60)
            elif chunk == b"gone":
                raise ProtocolClosed
            else:
                yield chunk

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes, /) -> None:
        self.status, self.headers, self.body = status, dict(headers), body


@dataclass
class Tally:
    counted: list[tuple[str, str]] = field(default_factory=list)

    def count(self, desk: str, outcome: str, /) -> None:
        self.counted.append((desk, outcome))


def ask(desk: EchoDesk, scope: FakeScope, *chunks: bytes | None, meter: Tally | None = None) -> FakeExchange:
    exchange = FakeExchange(chunks or (b"",))
    asyncio.run(Door(desk, meter=meter, patience=0.05).__rsgi__(scope, exchange))
    return exchange


def test_a_question_reaches_its_desk_from_a_body_and_from_an_address() -> None:
    desk = EchoDesk()

    assert ask(desk, FakeScope("/echo"), b"he", b"llo").body == b"hello"
    assert ask(desk, FakeScope("/echo/a/b//c+d", method="GET")).body == b"a/b//c+d"
    assert ask(desk, FakeScope("/echo/a", method="HEAD")).status == 200
    assert ask(desk, FakeScope("/healthz", method="GET")).body == b"ok\n"


@pytest.mark.parametrize(
    ("scope", "chunks", "status", "code"),
    [
        (FakeScope("/nothing"), (), 404, "responders.nothing-here"),
        (FakeScope("/echo/more"), (), 404, "responders.nothing-here"),
        (FakeScope("/echo", method="PUT"), (), 405, "responders.method-refused"),
        (FakeScope("/echo", headers={"content-type": "text/html"}), (), 415, "responders.media-type-refused"),
        (FakeScope("/echo", headers={"content-length": "11"}), (), 413, "responders.question-too-large"),
        (FakeScope("/echo", headers={"content-length": "9" * 40}), (), 413, "responders.question-too-large"),
        (FakeScope("/echo"), (b"12345", b"123456"), 413, "responders.question-too-large"),
        (FakeScope("/echo"), (b"1", b"gone"), 400, "responders.question-cut-short"),
        (FakeScope("/echo"), (b"12345", None), 408, "responders.question-too-slow"),
        (FakeScope("/echo", headers={"content-length": "5"}), (b"1", None), 408, "responders.question-too-slow"),
    ],
)
def test_what_breaks_a_limit_is_refused_with_its_code_before_the_desk_is_asked(
    scope: FakeScope, chunks: tuple[bytes | None, ...], status: int, code: str
) -> None:
    desk = EchoDesk()

    refused = ask(desk, scope, *chunks)

    problem = json.loads(refused.body)
    assert (refused.status, problem["code"], desk.asked) == (status, code, [])
    assert problem["judul"] != problem["title"]
    assert (refused.headers.get("connection") == "close") is (status in {400, 408, 413})
    assert ("allow" in refused.headers) is (status == 405)


def test_a_media_type_may_be_absent_or_carry_parameters() -> None:
    for headers in ({}, {"content-type": "Application/Echo; charset=binary"}, {"content-length": "5"}):
        assert ask(EchoDesk(), FakeScope("/echo", headers=headers), b"hello").status == 200


def test_a_fault_of_a_desk_is_answered_in_its_own_words_and_logged_without_what_was_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answered = ask(EchoDesk(broken=RuntimeError("secret text")), FakeScope("/echo"), b"hello")

    assert (answered.status, answered.body) == (200, b"my fault")
    assert "RuntimeError at " in caplog.text
    assert "secret" not in caplog.text


def test_every_answer_of_a_desk_is_counted_by_its_outcome() -> None:
    meter = Tally()

    ask(EchoDesk(), FakeScope("/echo"), b"hello", meter=meter)
    ask(EchoDesk(), FakeScope("/echo", method="PUT"), meter=meter)
    ask(EchoDesk(), FakeScope("/nowhere"), meter=meter)

    assert meter.counted == [("echo", "echoed"), ("echo", "method-refused")]


def test_a_desk_that_cannot_look_round_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    Door(EchoDesk(broken=ServiceNotReady())).tick()
    Door(EchoDesk(broken=ValueError("secret text"))).tick()

    assert issubclass(ServiceNotReady, Unavailable)
    assert "responders.not-ready" in caplog.text
    assert "ValueError at " in caplog.text
    assert "secret" not in caplog.text


def test_a_worker_looks_round_when_it_begins_and_stops_when_it_ends() -> None:
    class Counting(EchoDesk):
        ticks = 0

        def tick(self) -> None:
            Counting.ticks += 1

    async def live() -> None:
        door = Door(Counting())
        door.__rsgi_init__(asyncio.get_running_loop())
        await asyncio.sleep(0)
        door.__rsgi_del__(asyncio.get_running_loop())

    asyncio.run(live())

    assert Counting.ticks == 1
