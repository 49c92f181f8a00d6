"""Every page of the site that can be opened by its address alone, and as whom. A new page belongs here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Listed:
    """A page: its route, and the demo's user who sees it (nobody: everyone does)."""

    route: str
    path: str
    user: str = ""


PAGES = (
    Listed("pages:home", "/"),
    Listed("pages:help", "/bantuan/"),
    Listed("pages:trust", "/kepercayaan/"),
    Listed("pages:privacy", "/privasi/"),
    Listed("pages:accessibility", "/aksesibilitas/"),
    Listed("pages:health", "/sehat/"),
    Listed("validation:check", "/periksa/"),
    Listed("accounts:sign-in", "/masuk/"),
    Listed("pages:desk", "/beranda/", "verifikator"),
    Listed("accounts:safety", "/keamanan/", "ratna"),
    Listed("accounts:confirm", "/keamanan/pastikan/", "ratna"),
    Listed("accounts:password", "/keamanan/kata-sandi/", "ratna"),
    Listed("accounts:add-app", "/keamanan/aplikasi/", "ratna"),
    Listed("accounts:add-passkey", "/keamanan/kunci/", "ratna"),
    Listed("inbox:notices", "/pemberitahuan/", "ratna"),
    Listed("inbox:wishes", "/pemberitahuan/pilihan/", "ratna"),
    Listed("inbox:deliveries", "/pemberitahuan/pengantaran/", "operator"),
    Listed("dossiers:inbox", "/kotak-masuk/", "ratna"),
    Listed("dossiers:dealt", "/kotak-masuk/riwayat/", "ratna"),
    Listed("dossiers:sent", "/naskah/", "admin"),
    Listed("dossiers:new", "/naskah/baru/", "admin"),
    Listed("signing:mine", "/sertifikat-saya/", "ratna"),
    Listed("registration:queue", "/pendaftaran/", "verifikator"),
    Listed("registration:enter", "/pendaftaran/baru/", "verifikator"),
    Listed("registration:sent", "/undangan/terkirim/"),
    Listed("registration:people", "/pegawai/", "verifikator"),
    Listed("registration:moved", "/pegawai/berubah/", "verifikator"),
    Listed("registration:ending", "/pegawai/berakhir/", "verifikator"),
    Listed("registration:agencies", "/instansi/", "admin"),
    Listed("registration:register-agency", "/instansi/baru/", "ca"),
    Listed("registration:passphrase", "/kunci-saya/frasa-sandi/", "ratna"),
    Listed("registration:renewal", "/kunci-saya/pembaruan/", "ratna"),
    Listed("registration:replacement", "/kunci-saya/kunci-baru/", "ratna"),
    Listed("registration:agreement", "/kunci-saya/perjanjian/", "ratna"),
    Listed("oversight:overview", "/otoritas/", "operator"),
    Listed("oversight:certificates", "/otoritas/sertifikat/", "ra"),
    Listed("oversight:authorities", "/otoritas/layanan/", "operator"),
    Listed("oversight:proposals", "/otoritas/usulan/", "ca"),
    Listed("jobs:overview", "/pekerjaan/", "operator"),
    Listed("servers:mine", "/peladen/", "admin"),
    Listed("applications:list", "/aplikasi/", "admin"),
    Listed("applications:register", "/aplikasi/baru/", "admin"),
    Listed("servers:queue", "/peladen/antrean/", "ra"),
    Listed("repository:public", "/repositori/"),
    Listed("repository:manage", "/repositori/kelola/", "operator"),
    Listed("repository:received", "/repositori/kiriman/", "perjanjian"),
    Listed("agreements:portfolio", "/perjanjian/", "perjanjian"),
    Listed("agreements:draft", "/perjanjian/baru/", "perjanjian"),
    Listed("agreements:holidays", "/perjanjian/hari-libur/", "perjanjian"),
    Listed("ledger:explorer", "/rekam-jejak/", "auditor"),
    Listed("ledger:mine", "/rekam-jejak/saya/", "ratna"),
    Listed("ledger:checkpoints", "/rekam-jejak/titik/", "perjanjian"),
)

#: Routes and addresses without a page of their own, and what they are.
NO_PAGES = {
    "registration:search": "a button",
    "registration:agreement-file": "a file",
    "registration:pictures": "behind a link; tests/browser/test_registration.py walks there",
    "registration:identity": "behind a link; as above",
    "registration:lesson": "behind a link; as above",
    "registration:activate": "behind a link; as above",
    "accounts:sign-out": "a button",
    "accounts:passkey": "for the script of the door",
    "accounts:resume": "leads to the desk when no form was kept",
    "accounts:recovery-codes": "a button",
    "accounts:end-sessions": "a button",
    "mfa_authenticate": "leads to the door before the first lock is open",
    "socialaccount_login_cancelled": "leads to the door",
    "socialaccount_login_error": "leads to the door",
    "socialaccount_signup": "leads to the door",
    "account_login": "leads to the door",
    "pages:language": "a button",
    "inbox:read-all": "a button",
    "oversight:metrics": "for machines",
    "servers:ask": "a button",
    "servers:place": "a button",
    "healthz": "pages:health for machines",
    "favicon.ico": "leads to the mark",
    "ledger:sign-now": "a button",
    "ledger:own-checkpoint": "a file",
    "ledger:receive": "for the other party's system",
    "ledger:offline-verifier": "a file",
    "validation:by-fingerprint": "leads to what has that fingerprint",
    "validation:share": "a button",
    "validation:api": "for programs",
    "validation:api-description": "for programs",
    "verify/": "leads to validation:check",
}
