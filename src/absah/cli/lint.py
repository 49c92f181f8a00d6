"""`absah lint FILE [--profile NAME] [--json]`: read a certificate, CRL or OCSP response against its norms.

Our own checks speak about certificates; pkilint, where it is installed, about all three. A time-stamp or signature is
read strictly, and that is all. Exit 0 when no rule is broken (notices do not count), 1 otherwise, 64, 65.
"""

import argparse
import json
from collections import Counter

from absah.cli.offline import Document, Kind, parser_for, read_document
from absah.cli.second_opinion import is_installed, second_opinion
from absah.cli.terminal import Exit, Terminal, answer, language_in
from absah.kernel.messages import Language, render
from absah.pki.cms import parse_signed_data
from absah.pki.crl import parse_crl
from absah.pki.lint import Finding, blocking, lint_certificate
from absah.pki.ocsp import parse_ocsp_response
from absah.pki.profile_toml import profile_names
from absah.pki.profiles import Profile, load_profile
from absah.pki.tsp import parse_timestamp_response, parse_timestamp_token


def _read_strictly(document: Document) -> None:
    match document.kind:
        case Kind.CRL:
            parse_crl(document.der)
        case Kind.OCSP_RESPONSE:
            parse_ocsp_response(document.der)
        case Kind.CMS:
            parse_signed_data(document.der)
        case Kind.TIMESTAMP_TOKEN:
            parse_timestamp_token(document.der)
        case Kind.TIMESTAMP_RESPONSE:
            parse_timestamp_token(parse_timestamp_response(document.der))
        case Kind.CERTIFICATE:
            pass  # `lint_certificate` reads it


def _findings(document: Document, profile: Profile | None) -> dict[str, tuple[Finding, ...]]:
    """By judge."""
    _read_strictly(document)
    ours = lint_certificate(document.der, profile) if document.kind is Kind.CERTIFICATE else ()
    found = {"absah": ours}
    if is_installed():
        found["pkilint"] = second_opinion(document, profile)
    return found


def _print_for_people(document: Document, found: dict[str, tuple[Finding, ...]], language: Language) -> None:
    for judge, findings in found.items():
        for finding in findings:
            print(f"{finding.severity.value.upper():<8} {finding.code} [{judge}]")
            if finding.message:
                print(f"         {finding.message}")
    counted = Counter(finding.severity.value for findings in found.values() for finding in findings)
    outcome = "pki.lint-broken" if blocking(sum(found.values(), ())) else "pki.lint-clean"
    print(
        render(
            outcome,
            language,
            kind=document.kind.value,
            judges=", ".join(found),
            errors=counted["error"],
            warnings=counted["warning"],
            notices=counted["notice"],
        )
    )


def _lint(options: argparse.Namespace, terminal: Terminal) -> Exit:
    document = read_document(options.file)
    profile = None if options.profile is None else load_profile(options.profile)
    found = _findings(document, profile)
    if options.json:
        entries = [
            {
                "judge": judge,
                "severity": finding.severity.value,
                "code": finding.code,
                "message": finding.message,
                "citation": str(finding.citation) if finding.citation else None,
            }
            for judge, findings in found.items()
            for finding in findings
        ]
        facts = {"file": str(options.file), "kind": document.kind.value, "profile": options.profile}
        print(json.dumps(facts | {"judges": list(found), "findings": entries}, ensure_ascii=False, indent=2))
    else:
        _print_for_people(document, found, terminal.language)
    return Exit.REFUSED if blocking(sum(found.values(), ())) else Exit.DONE


def run(arguments: list[str], /) -> int:
    """The command. Never raises for bad input."""
    parser = parser_for("lint", "Read a certificate, CRL or OCSP response against its norms.")
    parser.add_argument("--profile", choices=profile_names(), help="the profile the certificate was issued under")
    terminal = Terminal(language=language_in(arguments), as_json="--json" in arguments)
    return answer(lambda: _lint(parser.parse_args(arguments), terminal), terminal)
