from absah.pki.revocation import Cause, RevocationReason


def test_every_cause_has_a_reason_that_a_certificate_can_be_revoked_for() -> None:
    temporary = {RevocationReason.CERTIFICATE_HOLD, RevocationReason.REMOVE_FROM_CRL, RevocationReason.UNSPECIFIED}
    for cause in Cause:
        assert cause.reason not in temporary
    assert Cause.DEVICE_LOST.reason is Cause.KEY_COMPROMISED.reason is RevocationReason.KEY_COMPROMISE
    assert Cause.REPLACED.reason is RevocationReason.SUPERSEDED
