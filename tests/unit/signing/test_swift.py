"""A signer that agrees, signs and stamps in one errand: asked once, and believed as little as the others."""

import hashlib
from dataclasses import dataclass, field, replace

import pytest
from tests.fakes.documents import agreement
from tests.fakes.signing import CREDENTIAL, FACTORS, Bench, bench

from absah.kernel.errors import AbsahError
from absah.pki.algorithms import DigestAlgorithm, SignatureInvalid
from absah.signing.levels import Level
from absah.signing.ports import Activation, SignedValues
from absah.signing.refusals import SignatureCountWrong
from absah.signing.request import Drafted, SigningRequest
from absah.signing.usecases import sign_document


@pytest.fixture
def tools() -> Bench:
    return bench()


def draft(level: Level) -> Drafted:
    return Drafted(document=agreement(), credential=CREDENTIAL, level=level)


@dataclass
class Swift:
    """Does in one errand what the bench's signer and authority do in three; `changed` is what it gets wrong."""

    tools: Bench
    changed: dict[str, object] = field(default_factory=dict)
    asked: list[bool] = field(default_factory=list)

    def sign_at_once(
        self, activation: Activation, signed_attributes: tuple[bytes, ...], /, *, stamped: bool
    ) -> SignedValues:
        self.asked.append(stamped)
        consent = self.tools.signer.authorise(activation)
        values = self.tools.signer.sign(consent, signed_attributes)
        stamps = self.tools.ports.timestamper()
        tokens = tuple(stamps.timestamp(hashlib.sha256(one).digest(), DigestAlgorithm.SHA256) for one in values)
        made = SignedValues(consent=consent, signatures=values, tokens=tokens if stamped else ())
        return replace(made, **self.changed)


@pytest.mark.parametrize(("level", "stamped"), [(Level.B_B, False), (Level.B_T, True), (Level.B_LT, True)])
def test_a_swift_signer_is_asked_once_and_its_stamp_is_taken(tools: Bench, level: Level, stamped: bool) -> None:
    swift = Swift(tools)
    ports = replace(tools.ports, swift=swift)
    signed = sign_document(
        SigningRequest(draft=draft(level), application="uji", factors=FACTORS), ports, clock=tools.clock
    )
    assert swift.asked == [stamped]
    assert signed.consent_id == "persetujuan-1"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"signatures": ()}, SignatureCountWrong),
        ({"tokens": (b"", b"")}, SignatureCountWrong),
        ({"signatures": (bytes(70),)}, SignatureInvalid),
        ({"tokens": (b"none",)}, AbsahError),
    ],
)
def test_a_swift_signer_is_not_believed_either(tools: Bench, changed: dict[str, object], error: type) -> None:
    ports = replace(tools.ports, swift=Swift(tools, changed))
    with pytest.raises(error):
        sign_document(
            SigningRequest(draft=draft(Level.B_T), application="uji", factors=FACTORS), ports, clock=tools.clock
        )
