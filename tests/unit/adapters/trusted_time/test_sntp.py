"""Answers of time servers: read when they are ours and make sense, refused by name otherwise."""

import socket
import struct
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures_pki import NOW

from absah.adapters.trusted_time.sntp import SntpServer, TimeServerSilent
from absah.kernel.clock import FixedClock, SystemClock
from absah.kernel.rng import SystemRng, UnsafeSeededRng

COOKIE = b"12345678"
ASKED = NOW.timestamp()


def answer(*, received=ASKED, sent=ASKED, head=0x24, stratum=2, cookie=COOKIE, delay=0.0, dispersion=0.0) -> bytes:
    def stamp(seconds: float) -> bytes:
        return struct.pack(">Q", int((seconds + 2_208_988_800) * 2**32) & (2**64 - 1))

    words = struct.pack(">BBbbII4s", head, stratum, 0, -20, int(delay * 65536), int(dispersion * 65536), b"GPS\0")
    return words + bytes(8) + cookie + stamp(received) + stamp(sent)


def read(octets: bytes, took: float = 0.1):
    return SntpServer("ntp.example", FixedClock(NOW), SystemRng())._read(octets, COOKIE, ASKED, took)


def test_the_offset_is_that_of_the_middle_of_the_way():
    found = read(answer(received=ASKED + 10.04, sent=ASKED + 10.06))
    assert found.offset == pytest.approx(10, abs=1e-4)
    assert found.error == pytest.approx(0.04, abs=1e-4)
    assert read(answer(delay=0.2, dispersion=0.3)).error == pytest.approx(0.05 + 0.1 + 0.3, abs=1e-3)


def test_a_time_after_2036_is_read_in_its_own_era():
    later = 2_208_988_800 + 4_000_000_000
    server = SntpServer("ntp.example", FixedClock(NOW), SystemRng())
    found = server._read(answer(received=later, sent=later), COOKIE, float(later), 0.1)
    assert found.offset == pytest.approx(-0.05, abs=1e-3)


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (b"", "short"),
        (answer()[:47], "short"),
        (answer(cookie=b"87654321"), "not-an-answer"),
        (answer(head=0x23), "not-an-answer"),
        (answer(head=0xE4), "not-synchronised"),
        (answer(stratum=0), "not-synchronised"),
        (answer(stratum=16), "not-synchronised"),
        (answer(sent=ASKED - 1), "impossible"),
        (answer(sent=ASKED + 1), "impossible"),
    ],
)
def test_an_answer_that_proves_nothing_is_refused(octets, problem):
    with pytest.raises(TimeServerSilent) as refusal:
        read(octets)
    assert refusal.value.parameters == {"server": "ntp.example", "problem": problem}


@given(st.binary(max_size=80))
def test_any_octets_are_a_measurement_or_are_refused(octets):
    try:
        read(octets)
    except TimeServerSilent:
        return


@pytest.mark.loopback
def test_a_server_is_asked_over_the_network_and_nothing_of_our_clock_is_sent():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        questions = []

        def serve():
            question, sender = server.recvfrom(100)
            questions.append(question)
            now = SystemClock().wall()
            server.sendto(answer(received=now, sent=now, cookie=question[40:]), sender)

        thread = threading.Thread(target=serve)
        thread.start()
        name = f"127.0.0.1:{server.getsockname()[1]}"
        found = SntpServer(name, SystemClock(), UnsafeSeededRng(seed=b"1")).measure()
        thread.join()
        assert abs(found.offset) < 1
        assert questions[0][:40] == b"\x23" + bytes(39)
        with pytest.raises(TimeServerSilent):
            SntpServer(name, SystemClock(), SystemRng(), patience=0.05).measure()


def test_a_name_may_have_a_port_and_an_address_of_ipv6_has_none():
    clock, rng = FixedClock(NOW), SystemRng()
    assert SntpServer("ntp.example:1123", clock, rng)._address == ("ntp.example", 1123)
    assert SntpServer("ntp.example", clock, rng)._address == ("ntp.example", 123)
    assert SntpServer("2001:db8::1", clock, rng)._address == ("2001:db8::1", 123)
