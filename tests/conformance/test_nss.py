"""NSS (the library of Firefox and Thunderbird) as a third reader: what each certificate may be used for, and our lists.

NSS knows no document signing (RFC 9336): a person's certificate is for none of its own uses, which is what we want of
it, and its chain verifies.
"""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fixtures_pki import MACHINE_NAME, NOW, SERVER_NAME, Pki, certify

from absah.kernel.clock import instant
from absah.pki.certificates import load_certificate, serial_of
from absah.pki.crl import CrlPlan, RevokedEntry, build_crl
from absah.pki.revocation import RevocationReason

pytestmark = pytest.mark.judge

#: The letters of `certutil -V -u`.
USES = {
    "C": "TLS client",
    "V": "TLS server",
    "L": "CA of TLS",
    "S": "mail signer",
    "R": "mail recipient",
    "O": "OCSP responder",
    "J": "object signer",
}
ALLOWED = {
    "root": "L",
    "issuing": "L",
    "person": "",
    "seal": "",
    "tsa": "",
    "responder": "O",
    "tls-server": "V",
    "tls-client": "C",
}


class Nss:
    """A database of NSS that trusts one root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self("certutil", "-N", "--empty-password")

    def __call__(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        found = shutil.which(program)
        assert found is not None, f"{program} is not installed"
        return subprocess.run(
            [found, words[0], "-d", f"sql:{self.folder}", *words[1:]], capture_output=True, text=True, check=False
        )

    def add(self, name: str, certificate: bytes, trust: str = ",,") -> None:
        file = self.folder / f"{name}.cer"
        file.write_bytes(certificate)
        assert self("certutil", "-A", "-n", name, "-t", trust, "-i", str(file)).returncode == 0

    def judge(self, name: str, use: str) -> tuple[bool, str]:
        day = f"{NOW + timedelta(minutes=1):%y%m%d%H%M%SZ}"
        done = self("certutil", "-V", "-n", name, "-u", use, "-e", "-b", day)
        return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def nss(pki: Pki, tmp_path: Path) -> Nss:
    made = Nss(tmp_path)
    made.add("root", pki.root.certificate, "CT,C,C")
    for name in ("issuing", "person", "seal", "tsa", "responder"):
        made.add(name, getattr(pki, name).certificate)
    server = certify("tls-server", SERVER_NAME, pki.issuing, dns_names=("kota.example",))
    client = certify("tls-client", MACHINE_NAME, pki.issuing, dns_names=("kota.example",))
    made.add("tls-server", server.certificate)
    made.add("tls-client", client.certificate)
    return made


@pytest.mark.parametrize("name", ALLOWED)
def test_nss_verifies_each_certificate_for_its_own_use_and_for_no_other(nss: Nss, name: str) -> None:
    assert nss.judge(name, "A") == (True, "certutil: certificate is valid\n"), "signatures, dates, chain"
    assert "".join(use for use in USES if nss.judge(name, use)[0]) == ALLOWED[name]


def test_nss_takes_our_list_and_refuses_what_is_on_it(nss: Nss, pki: Pki) -> None:
    server = load_certificate((nss.folder / "tls-server.cer").read_bytes())
    entry = RevokedEntry(serial=serial_of(server), at=NOW, reason=RevocationReason.KEY_COMPROMISE)
    plan = CrlPlan(
        issuer_der=pki.issuing.certificate,
        number=5,
        this_update=NOW,
        next_update=instant(NOW + timedelta(days=7)),
        entries=(entry,),
    )
    (nss.folder / "list.crl").write_bytes(build_crl(plan, pki.issuing.key))
    taken = nss("crlutil", "-I", "-i", str(nss.folder / "list.crl"))
    assert taken.returncode == 0, taken.stderr

    good, words = nss.judge("tls-server", "V")
    assert (good, "revoked" in words.lower()) == (False, True), words
    assert nss.judge("tls-client", "C")[0]
