"""The process that libFuzzer drives over the verifier: any bytes are a report or a coded refusal.

Each input is judged as it is, and once more appended to a signed document: what comes after a signature is where the
verifier compares, draws and asks others. Whoever signed is trusted, so that nothing stops it early. It also holds that
bytes in front of a signature that are not those which were signed never pass.
"""

import sys

import atheris

with atheris.instrument_imports(include=["absah.adapters.pdf_", "absah.adapters.document_bytes", "absah.validation"]):
    from absah.adapters.pdf_evidence import gather_evidence
    from absah.adapters.verification import verify_document
    from absah.kernel.errors import AbsahError
    from absah.validation.conclusion import Indication

from soak.verifier_seeds import context, signed_document

_LARGEST = 1 << 17
_SIGNED = signed_document()
_CONTEXT = context()


def one_input(data: bytes, /) -> None:
    """What libFuzzer calls. Coded refusals are what we want; everything else is a crash."""
    if len(data) > _LARGEST:
        return
    for document in (data, _SIGNED + data):
        try:
            gather_evidence(document)
            report = verify_document(document, _CONTEXT)
        except AbsahError:
            continue
        report.to_dict()
        if report.indication is Indication.TOTAL_PASSED and not all(one.intact for one in report.signatures):
            raise RuntimeError("passed, and not intact")


def main() -> None:
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
