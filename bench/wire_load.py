"""Loads of the eSign interface that `wrk` cannot make: somebody else each time, and calls at a fixed pace.

distinct   a signer on each call whose key is not open; bare Argon2id of the same parameters by two threads
tail       calls at a pace below saturation, one in twenty with a wrong passphrase of somebody else; how long the
right ones took from the moment they were due, so that a queue counts
"""

import threading
import time
from base64 import b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from statistics import quantiles

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

PEOPLE = 60
_CLIENTS = 4
_AT_A_TIME = 16
_PACE = 0.7
_SECONDS = 10
_TO_SATURATE = 400
_NEVER_ASKED = 1_000_000  # what was asked before would get the answer from before
_WRONG_EVERY = 20
_NOBODYS = "bukan frasa siapa pun"
_PATH = "/api/v2/sign/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An application that signs one document for different people; each request is another."""

    port: int
    authorization: str
    document: bytes

    def body(self, person: dict[str, str], number: int, *, shown: str = "") -> bytes:
        """A request, with the person's passphrase or another."""
        document = b64encode(self.document).decode()
        return (
            f'{{"nik":"{person["nik"]}","passphrase":"{shown or person["passphrase"]}","file":["{document}"],'
            f'"signatureProperties":[{{"tampilan":"INVISIBLE","reason":"{number}"}}]}}'
        ).encode()

    def status_of(self, connection: HTTPConnection, body: bytes) -> int:
        """Ask, read the whole answer."""
        headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
        connection.request("POST", _PATH, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def connection(self) -> HTTPConnection:
        """A connection that is kept."""
        return HTTPConnection("127.0.0.1", self.port, timeout=60)


def signers_a_second(caller: Caller, people: Sequence[dict[str, str]]) -> float:
    """Everybody signs once, some at a time: signatures a second. All are answered with 200."""
    numbers, waiting = count(), iter(people)
    lock = threading.Lock()

    def work(_client: int) -> None:
        connection = caller.connection()
        while True:
            with lock:
                person, number = next(waiting, None), next(numbers)
            if person is None:
                connection.close()
                return
            status = caller.status_of(connection, caller.body(person, number))
            if status != 200:
                raise AssertionError(f"answered {status}")

    began = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as pool:
        list(pool.map(work, range(_CLIENTS)))
    return len(people) / (time.perf_counter() - began)


def derivations_a_second(cost: Sequence[int], times: int) -> float:
    """Bare Argon2id on both cores. `cost`: iterations, lanes, KiB."""
    iterations, lanes, memory_kib = cost

    def derive(_: int) -> None:
        Argon2id(salt=bytes(16), length=32, iterations=iterations, lanes=lanes, memory_cost=memory_kib).derive(b"frasa")

    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(derive, range(times)))
    return times / (time.perf_counter() - began)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Milliseconds of the right calls."""

    middle: float
    worst: float
    calls: int
    wrong: int
    pace: float


def tail(caller: Caller, right: Sequence[dict[str, str]], wrong: Sequence[dict[str, str]]) -> Tail:
    """Calls at 70 % of what saturates the server, for some seconds. Median and 99th percentile of the right ones.

    What saturates it is found with the same clients and the same calls, made as fast as they are answered.
    """
    _each_once(caller, right)
    mix = _Mix(caller=caller, right=right, wrong=wrong)
    began = time.perf_counter()
    _made(mix, range(_TO_SATURATE), pace=float("inf"))
    pace = _PACE * _TO_SATURATE / (time.perf_counter() - began)
    took, guesses = _made(mix, range(_TO_SATURATE, _TO_SATURATE + int(pace * _SECONDS)), pace=pace)
    cuts = quantiles(took, n=100)
    return Tail(middle=cuts[49], worst=cuts[98], calls=len(took), wrong=guesses, pace=pace)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mix:
    """Right calls, and one in twenty with a wrong passphrase of somebody else."""

    caller: Caller
    right: Sequence[dict[str, str]]
    wrong: Sequence[dict[str, str]]

    def call(self, connection: HTTPConnection, number: int) -> bool:
        """Make the call of a number. Whether it was a right one."""
        if number % _WRONG_EVERY == 0:
            who = self.wrong[number // _WRONG_EVERY % len(self.wrong)]
            expected, body = 400, self.caller.body(who, number, shown=_NOBODYS)
        else:
            expected, body = 200, self.caller.body(self.right[number % len(self.right)], _NEVER_ASKED + number)
        status = self.caller.status_of(connection, body)
        if status != expected:
            raise AssertionError(f"answered {status} in place of {expected}")
        return expected == 200


def _made(mix: _Mix, calls: range, *, pace: float) -> tuple[list[float], int]:
    """Make calls at a pace. Milliseconds of the right ones from the moment each was due; how many were wrong."""
    numbers, lock = iter(calls), threading.Lock()
    took: list[float] = []
    began = time.perf_counter() + 0.2

    def work(_client: int) -> None:
        connection = mix.caller.connection()
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                connection.close()
                return
            due = began + (number - calls.start) / pace
            time.sleep(max(0.0, due - time.perf_counter()))
            if mix.call(connection, number):
                took.append(1000 * (time.perf_counter() - due))

    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        list(pool.map(work, range(_AT_A_TIME)))
    return took, len(calls) - len(took)


def _each_once(caller: Caller, people: Sequence[dict[str, str]]) -> None:
    """Open their keys."""
    signers_a_second(caller, people)
