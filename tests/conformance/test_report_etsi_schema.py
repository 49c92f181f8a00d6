"""Our XML reports beside the schema of ETSI TS 119 102-2 V1.4.1, which comes with EU DSS (tools/fetch_judges.sh)."""

import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from tests.conformance.matrix.eu_dss import JUDGES
from tests.conformance.pades_samples import bench, blank_pdf, sign
from tests.conformance.test_attacks import honest
from tests.unit.validation.samples import document_stamp, judge, make_cms, signature, stamped

from absah.adapters.verification import verify_document
from absah.validation.evidence import Change, ChangeKind
from absah.validation.report import Report
from absah.validation.report_etsi import report_xml

pytestmark = [pytest.mark.judge, pytest.mark.matrix_full]

_REPORT = "TS119102-2-v141.xsd"
#: Namespace → the file that has its schema. The addresses in the schemas themselves lead into the network.
_OF_NAMESPACE = {
    "http://www.w3.org/2000/09/xmldsig#": "xmldsig-core-schema.xsd",
    "http://uri.etsi.org/01903/v1.3.2#": "XAdES.xsd",
    "http://uri.etsi.org/02231/v2#": "ts_119612v020101_xsd.xsd",
    "http://www.w3.org/XML/1998/namespace": "xml.xsd",
}
_IMPORT = re.compile(rb'(<x\w*:import namespace="([^"]+)" schemaLocation=)"[^"]+"')


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The schema with everything that it imports, from the archives of DSS."""
    archives = sorted((JUDGES / "dss" / "lib").glob("specs-*.jar"))
    if not archives:
        pytest.skip("judge missing: the schema of ETSI TS 119 102-2 (tools/fetch_judges.sh has not brought EU DSS)")
    folder = tmp_path_factory.mktemp("xsd")
    wanted = {_REPORT, *_OF_NAMESPACE.values()}
    for archive in archives:
        with zipfile.ZipFile(archive) as jar:
            for name in jar.namelist():
                if (base := Path(name).name) in wanted:
                    (folder / base).write_bytes(_IMPORT.sub(_here, jar.read(name)))
    parser = etree.XMLParser(no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.parse(str(folder / _REPORT), parser))


def _here(found: re.Match[bytes]) -> bytes:
    return found[1] + b'"%s"' % _OF_NAMESPACE[found[2].decode()].encode()


def reports() -> dict[str, Report]:
    """Of every kind: levels, failures, open questions, changes, nothing signed at all."""
    context = bench().context()
    documents = {level: sign(blank_pdf(), level=level) for level in ("B-B", "B-T", "B-LT", "B-LTA")} | honest()
    documents["altered"] = documents["B-T"].replace(b"Perjanjian contoh", b"Perjanjian palsu!", 1)
    documents["unsigned"] = blank_pdf()
    made = {name: verify_document(document, context) for name, document in documents.items()}
    later = (Change(kind=ChangeKind.OTHER, where="x"),)
    return made | {
        "no anchors": verify_document(documents["B-T"], bench().context(register=False)),
        "time-stamped": judge(signature(stamped(make_cms())), document_stamp()),
        "changed": judge(signature(changes=later), trial=False),
    }


def test_reports_of_every_kind_are_valid_by_the_schema_of_etsi(schema: etree.XMLSchema) -> None:
    for name, report in reports().items():
        assert schema.validate(etree.fromstring(report_xml(report))), (name, schema.error_log)


def test_the_schema_can_say_no(schema: etree.XMLSchema) -> None:
    document = etree.fromstring(report_xml(judge(signature())))
    document.remove(document[0])
    assert not schema.validate(document)
