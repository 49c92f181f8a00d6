"""The server on a pair of sockets: nonsense ends a connection, never the signer."""

import json
import logging
import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures_pki import NOW
from tests.fixtures_signer import CA

from absah.adapters.signer import frames, wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.errors import (
    CredentialUnknown,
    MessageRefused,
    OperationRefused,
    PeerRefused,
    SignerInternal,
)
from absah.adapters.signer.frames import Patience, receive_frame, send_frame
from absah.adapters.signer.rendezvous import check_peer
from absah.adapters.signer.server import SignerServer
from absah.adapters.signer.service import SignerService
from absah.kernel.clock import FixedClock

SELF = {os.geteuid(): None}


@pytest.fixture
def server(bare_house) -> Iterator[SignerServer]:
    with socket.socket(socket.AF_UNIX) as listener:
        made = SignerServer(listener, bare_house.custody, allowed=SELF)
        yield made
        made.close()


@contextmanager
def served(server: SignerServer) -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX)

    def attend():
        with theirs:
            server.serve(theirs)

    thread = threading.Thread(target=attend)
    thread.start()
    ours.settimeout(10)
    try:
        yield ours
    finally:
        ours.close()
        thread.join(10)
        assert not thread.is_alive()


def ask(connection, request, expected):
    send_frame(connection, wire.write_message(request))
    return wire.parse_reply(receive_frame(connection), expected)


def test_several_requests_go_over_one_connection(server):
    with served(server) as connection:
        for _ in range(3):
            assert ask(connection, wire.Ping(), replies.InfoReply).release


def test_a_user_asks_for_the_operations_that_are_his_and_no_others(bare_house):
    with socket.socket(socket.AF_UNIX) as listener:
        narrow = SignerServer(listener, bare_house.custody, allowed={os.geteuid(): frozenset({"ping"})})
        with served(narrow) as connection:
            with pytest.raises(OperationRefused):
                ask(connection, wire.ViewCredential(credential=CA), replies.ViewReply)
            with pytest.raises(OperationRefused):
                ask(connection, wire.Stop(), replies.Done)
            assert ask(connection, wire.Ping(), replies.InfoReply).release
        narrow.close()


class Dripping:
    """A connection that gives a byte every eleven seconds."""

    def __init__(self, clock):
        self.clock, self.waits = clock, []

    def settimeout(self, seconds):
        self.waits.append(seconds)

    def recv(self, _size):
        self.clock.advance(timedelta(seconds=11))
        return b"\1"


def test_a_message_that_comes_byte_by_byte_has_a_deadline_as_a_whole():
    """A timeout for each part would let the sender hold a thread for ever."""
    clock = FixedClock(NOW)
    connection = Dripping(clock)
    with pytest.raises(TimeoutError):
        receive_frame(connection, patience=Patience(clock=clock, silence=120, message=30))
    assert connection.waits == [120, 30, 19, 8]


def test_an_error_keeps_the_connection(server):
    with served(server) as connection:
        with pytest.raises(CredentialUnknown):
            ask(connection, wire.ViewCredential(credential="nobody"), replies.ViewReply)
        assert ask(connection, wire.ViewCredential(credential=CA), replies.ViewReply).state == "active"


def test_a_bad_message_is_answered_by_code_and_ends_the_connection(server):
    with served(server) as connection:
        send_frame(connection, b"nonsense")
        with pytest.raises(MessageRefused):
            wire.parse_reply(receive_frame(connection), replies.Done)
        assert receive_frame(connection) is None


def test_a_frame_that_is_announced_too_long_is_refused_unread(server):
    with served(server) as connection:
        connection.sendall(struct.pack(">I", frames.LONGEST_FRAME + 1))
        with pytest.raises(MessageRefused) as refused:
            wire.parse_reply(receive_frame(connection), replies.Done)
        assert refused.value.parameters == {"problem": "too-long"}


@pytest.mark.parametrize("sent", [b"\x00\x00", b"\x00\x00\x00\x10short"])
def test_a_frame_that_is_cut_short_ends_quietly(server, sent):
    with served(server) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        with pytest.raises(MessageRefused):
            wire.parse_reply(receive_frame(connection), replies.Done)


def test_too_long_a_message_is_not_sent_at_all():
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(MessageRefused):
        send_frame(ours, bytearray(frames.LONGEST_FRAME + 1))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=300), framed=st.booleans())
def test_random_bytes_never_stop_the_server(server, noise, framed):
    with served(server) as connection:
        try:
            connection.sendall(struct.pack(">I", len(noise)) + noise if framed else noise)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        except OSError:
            pass
    with served(server) as connection:
        assert ask(connection, wire.Ping(), replies.InfoReply)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    message=st.fixed_dictionaries(
        {
            "v": st.just(1),
            "op": st.sampled_from(["authorise", "sign", "create-key", "timestamp", "issue-crl", "stop?"]),
        },
        optional={
            name: st.recursive(
                st.none() | st.integers() | st.text(max_size=8) | st.just("AA==") | st.just("issuing-ca"),
                lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                max_leaves=5,
            )
            for name in ("credential", "application", "digests", "passphrase", "totp", "consent_id", "plan", "request")
        },
    )
)
def test_almost_right_messages_are_answered_by_a_code(server, message):
    with served(server) as connection:
        send_frame(connection, json.dumps(message).encode())
        answer = receive_frame(connection)
        assert b'"reply":"failure"' in answer
        assert b"signer.internal" not in answer


def test_a_fault_inside_is_answered_without_details_and_logged_without_values(server, monkeypatch, caplog):
    def fail(_self, _request):
        raise RuntimeError("gajah")

    monkeypatch.setattr(SignerService, "answer", fail)
    caplog.set_level(logging.ERROR, "absah.signer")
    with served(server) as connection, pytest.raises(SignerInternal) as refused:
        ask(connection, wire.Ping(), replies.InfoReply)
    assert refused.value.parameters == {}
    assert "RuntimeError" in caplog.text
    assert "fail" in caplog.text
    assert "gajah" not in caplog.text


def test_who_runs_as_another_user_is_refused(server):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        check_peer(theirs, SELF)
        with pytest.raises(PeerRefused):
            check_peer(theirs, frozenset({max(SELF) + 1}))


def test_a_stranger_is_told_so_and_nothing_else(bare_house):
    with socket.socket(socket.AF_UNIX) as listener:
        server = SignerServer(listener, bare_house.custody, allowed={})
        with served(server) as connection:
            with pytest.raises(PeerRefused):
                wire.parse_reply(receive_frame(connection), replies.Done)
            assert receive_frame(connection) is None
        server.close()
