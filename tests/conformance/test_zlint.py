"""zlint reads what we issue: the rules of RFC 5280, 5480, 5891 and ETSI, and those that the trade agreed on.

Left out are the rules of browsers and of the CA/Browser Forum: zlint takes a certificate without extended key usages
for one of a web server, and ours are of people, seals and services (`docs/conformance/divergences.md`).
"""

import json
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.conformance.matrix.people import crls, member
from tests.fixtures_pki import Pki

pytestmark = pytest.mark.judge

ZLINT = Path(__file__).resolve().parents[2] / "var" / "judges" / "zlint"
SOURCES = "RFC5280,RFC5480,RFC5891,ETSI_ESI,Community"
QUIET = {"pass", "NA", "NE"}
PARTIES = ("root", "issuing", "person", "seal", "tsa", "responder")


def findings(path: Path, *form: str, sources: str = SOURCES) -> dict[str, str]:
    """What zlint finds, by the name of its rule."""
    if not ZLINT.is_file():
        pytest.skip("judge missing: zlint (tools/fetch_judges.sh has not built it)")
    told = subprocess.run(
        [ZLINT, "-includeSources", sources, *form, path], capture_output=True, text=True, check=False, timeout=60
    )
    assert told.returncode == 0, told.stderr
    rules = json.loads(told.stdout)
    assert "pass" in {rule["result"] for rule in rules.values()}
    return {name: rule["result"] for name, rule in rules.items() if rule["result"] not in QUIET}


def written(folder: Path, data: bytes) -> Path:
    path = folder / "judged"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("party", PARTIES)
def test_zlint_finds_nothing_in_a_certificate_of_each_profile(party: str, pki: Pki, tmp_path: Path) -> None:
    assert findings(written(tmp_path, getattr(pki, party).certificate), "-format", "der") == {}


@pytest.mark.parametrize("key", ["rsa-2048", "ec-p256", "ec-p384"])
def test_zlint_finds_nothing_whatever_the_kind_of_key(key: str, tmp_path: Path) -> None:
    assert findings(written(tmp_path, member(key, 1).certificate), "-format", "der") == {}


@pytest.mark.parametrize("number", [0, 1], ids=["root", "issuing"])
def test_zlint_finds_nothing_in_a_list_of_revoked_certificates(number: int, tmp_path: Path) -> None:
    pem = x509.load_der_x509_crl(crls()[number]).public_bytes(Encoding.PEM)
    assert findings(written(tmp_path, pem)) == {}


def test_zlint_would_object_to_a_person_among_web_servers(pki: Pki, tmp_path: Path) -> None:
    """The judge can say no, and why its rules for web servers are left out."""
    found = findings(written(tmp_path, pki.person.certificate), "-format", "der", sources="CABF_BR")
    assert "e_subject_common_name_not_exactly_from_san" in found
