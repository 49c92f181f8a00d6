"""What an authority answers: a plan for a token, or the failure that says why there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures_pki import NOW

from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.tsp import Accuracy, TokenPlan
from absah.pki.tsp_issuing import StampingRules, plan_stamp
from absah.pki.tsp_messages import (
    PkiFailure,
    TimestampRequest,
    build_timestamp_request,
    encode_imprint,
    parse_timestamp_request,
)

RULES = StampingRules(policy=oids.TEST_TIMESTAMP_POLICY, accuracy=Accuracy(seconds=0, millis=500))
SHA256 = DigestAlgorithm.SHA256
SERIAL = Serial(1 << 126)


def plan(request: bytes, now=NOW):
    return plan_stamp(request, RULES, serial=SERIAL, now=now)


def request(**changes) -> bytes:
    usual = {"digest_algorithm": SHA256, "imprint": bytes(32)} | changes
    return build_timestamp_request(TimestampRequest(**usual))


def test_a_plan_gives_back_what_was_asked_under_the_authority_s_own_rules():
    found = plan(request(nonce=99, policy=RULES.policy, certificate_wanted=False))
    assert found == TokenPlan(
        policy=RULES.policy,
        digest_algorithm=SHA256,
        imprint=bytes(32),
        serial=SERIAL,
        time=NOW,
        nonce=99,
        accuracy=RULES.accuracy,
        include_certificates=False,
    )


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        (b"", PkiFailure.BAD_DATA_FORMAT),
        (request()[:-1], PkiFailure.BAD_DATA_FORMAT),
        (request(digest_algorithm=DigestAlgorithm.SHA1, imprint=bytes(20)), PkiFailure.BAD_ALGORITHM),
        (request(policy="1.2.3"), PkiFailure.UNACCEPTED_POLICY),
        (
            der.sequence(
                der.integer(1),
                der.sequence(der.sequence(der.oid("2.16.840.1.101.3.4.2.8")), der.octet_string(bytes(32))),
            ),
            PkiFailure.BAD_ALGORITHM,
        ),
        (
            der.sequence(
                der.integer(1),
                encode_imprint(SHA256, bytes(32)),
                der.explicit(0, der.sequence(der.extension("1.2.3", b"\x05\x00"))),
            ),
            PkiFailure.UNACCEPTED_EXTENSION,
        ),
        (
            der.sequence(der.integer(1), encode_imprint(SHA256, bytes(32)), der.integer(1 << 600)),
            PkiFailure.BAD_DATA_FORMAT,
        ),
    ],
)
def test_what_is_not_stamped_is_named_by_its_failure(asked, failure):
    assert plan(asked) is failure


def test_a_digest_past_its_day_is_not_stamped(monkeypatch):
    monkeypatch.setattr("absah.pki.tsp_issuing.usable", lambda *_: False)
    assert plan(request(), instant(NOW.replace(year=2040))) is PkiFailure.BAD_ALGORITHM


@pytest.mark.parametrize("digest", [DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512])
@pytest.mark.parametrize("null", [True, False])
@pytest.mark.parametrize("nonce", [None, 1, 1 << 255])
def test_a_usual_beginning_is_read_as_the_long_way_would(digest, null, nonce, monkeypatch):
    """The short cut for the octets that nearly every client sends; without it the same values come out."""
    algorithm = der.outermost(encode_imprint(digest, bytes(digest.size)), "imprint").reader().read(der.SEQUENCE)
    identifier = der.outermost(algorithm.encoded, "algorithm").reader().read(der.OID).encoded
    imprint = bytes(range(digest.size))
    written = der.sequence(
        der.integer(1),
        der.sequence(der.sequence(identifier, der.null() if null else b""), der.octet_string(imprint)),
        b"" if nonce is None else der.integer(nonce),
        der.true(),
    )
    short = parse_timestamp_request(written)
    monkeypatch.setattr("absah.pki.tsp_messages._usual_beginning", lambda _: None)
    assert parse_timestamp_request(written) == short
    assert (short.digest_algorithm, short.imprint, short.nonce) == (digest, imprint, nonce)


@given(st.binary(max_size=160), st.integers(0, 80))
def test_any_octets_are_read_alike_on_both_ways(noise, at):
    """The short cut never accepts what the long way refuses, nor the other way round."""
    written = request(nonce=5)
    for altered in (noise, written[:at] + noise[: len(written) - at], written + noise, written[:at]):
        assert _outcome(altered) == _outcome(altered, long_way=True)


def _outcome(octets: bytes, *, long_way: bool = False) -> object:
    from absah.pki import tsp_messages

    usual = tsp_messages._usual_beginning
    if long_way:
        tsp_messages._usual_beginning = lambda _: None
    try:
        return parse_timestamp_request(octets)
    except AbsahError:
        return None
    finally:
        tsp_messages._usual_beginning = usual
