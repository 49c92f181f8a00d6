"""Consent is given to words."""

from datetime import UTC, datetime

import pytest

from absah.enrolment.consent_text import (
    CURRENT_VERSION,
    ConsentOutdated,
    ConsentTextUnknown,
    consent_text,
    give_consent,
)
from absah.kernel.clock import instant

NOW = instant(datetime(2026, 11, 20, 7, tzinfo=UTC))
#: Whoever changes a published text breaks this line: a new text is a new version.
DIGESTS = {
    "1": "ad490b62dbf7a2fa4d77cb1f82d214ccf77d229d888ea69445a8c2c4e08bb2f7",
    "2": "ab02624cba1e0d394b7e52679e50afa467c5cb003e308720572a149e4f95807e",
}


@pytest.mark.parametrize("version", sorted(DIGESTS))
def test_a_published_text_never_changes(version: str) -> None:
    text = consent_text(version)
    assert text.digest == DIGESTS[version]
    assert text.version == version
    assert text.english


def test_the_present_text_is_the_newest() -> None:
    assert max(DIGESTS, key=int) == CURRENT_VERSION


def test_consent_names_the_present_text_word_for_word() -> None:
    text = consent_text()
    given = give_consent(text.version, text.digest, now=NOW)
    assert (given.version, given.digest, given.at) == (text.version, text.digest, NOW)
    for version, digest in (("0", text.digest), (text.version, "0" * 64)):
        with pytest.raises(ConsentOutdated):
            give_consent(version, digest, now=NOW)


@pytest.mark.parametrize("version", ["0", "", "../1", "1.toml"])
def test_a_text_that_is_not_there_is_unknown(version: str) -> None:
    with pytest.raises(ConsentTextUnknown):
        consent_text(version)
