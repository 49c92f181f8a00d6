"""What a time-stamping authority answers a request with: a token that is to be signed, or why there is none.

After ETSI EN 319 422: SHA-1 is not stamped, no ordering is promised, the accuracy is stated in every token, the nonce
is given back, and the policy is the authority's own or none was asked for.
"""

from dataclasses import dataclass, field

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.rng import Serial
from absah.pki.algorithm_identifiers import AlgorithmUnknown
from absah.pki.algorithm_policy import AlgorithmUse, usable
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.tsp import Accuracy, TokenPlan, plan_for
from absah.pki.tsp_messages import PkiFailure, TimestampRequestRefused, parse_timestamp_request


@dataclass(frozen=True, slots=True, kw_only=True)
class StampingRules:
    """Under which policy an authority stamps, and how far its time may be off."""

    policy: str
    accuracy: Accuracy = field(default_factory=Accuracy)


def plan_stamp(request_der: bytes, rules: StampingRules, /, *, serial: Serial, now: Instant) -> TokenPlan | PkiFailure:
    """The token that answers a request, or the failure that says why there is none (RFC 3161 §2.4.2)."""
    try:
        request = parse_timestamp_request(request_der)
    except AlgorithmUnknown:
        return PkiFailure.BAD_ALGORITHM
    except TimestampRequestRefused as refusal:
        extension = refusal.parameters["problem"] == "extension"
        return PkiFailure.UNACCEPTED_EXTENSION if extension else PkiFailure.BAD_DATA_FORMAT
    except (BadInput, RuleBroken):
        return PkiFailure.BAD_DATA_FORMAT
    acceptable = request.digest_algorithm is not DigestAlgorithm.SHA1
    if not acceptable or not usable(request.digest_algorithm, AlgorithmUse.NEW, now.date()):
        return PkiFailure.BAD_ALGORITHM
    if request.policy not in (None, rules.policy):
        return PkiFailure.UNACCEPTED_POLICY
    return plan_for(request, policy=rules.policy, serial=serial, time=now, accuracy=rules.accuracy)
