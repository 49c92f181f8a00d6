"""The report of `absah verify` as a file: JSON, the XML of ETSI TS 119 102-2, or a receipt in PDF/A-3.

The receipt is sealed with a document time-stamp where the instance has a time-stamping authority and its signer
answers; otherwise it says that nobody sealed it.
"""

import argparse
import json

from absah.cli.terminal import Terminal
from absah.kernel.errors import AbsahError
from absah.validation.report import Report
from absah.validation.report_etsi import report_xml
from absah_site.cli.instance import open_instance, open_signer

_NOBODY = "Absah"


def report_file(report: Report, options: argparse.Namespace, terminal: Terminal, /, *, instance: bool) -> bytes:
    """The bytes of the report in the form that was asked for."""
    match options.report:
        case "json":
            return json.dumps(report.to_dict(), ensure_ascii=False, indent=1).encode() + b"\n"
        case "xml":
            return report_xml(report)
        case _:
            return _receipt(report, options, terminal, instance=instance)


def _receipt(report: Report, options: argparse.Namespace, terminal: Terminal, *, instance: bool) -> bytes:
    from absah.adapters.receipt import press_written, write_receipt  # the typesetter is a large library

    written = write_receipt(report, terminal.language, file=options.file.name)
    if not instance:
        return press_written(written, issuer=_NOBODY, sealed=False)
    config = open_instance(options.data)
    try:
        open_signer(config)
    except AbsahError:  # no signer: an honest receipt without a seal
        return press_written(written, issuer=config.name, sealed=False)
    from absah_site.validation.actions import pressed_receipt

    return pressed_receipt(written)
