"""States as qpdf sees them, where the file is made to lead it astray."""

import io

import pikepdf

from absah.adapters.pdf_history_qpdf import QpdfView


def astray() -> bytes:
    """The catalogue refers to object 3; the table leads there to another catalogue, which qpdf lets take over."""
    many = b" ".join(b"/K%d 3 0 R" % number for number in range(64))
    bodies = {
        "catalogue": b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R %s >>\nendobj\n" % many,
        "pages": b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n",
        "other": b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R /Other true >>\nendobj\n",
    }
    document, places = b"%PDF-1.7\n", {}
    for name, body in bodies.items():
        places[name] = len(document)
        document += body
    entries = b"".join(b"%010d 00000 n \n" % places[name] for name in ("catalogue", "pages", "other"))
    table = b"xref\n0 4\n0000000000 65535 f \n" + entries
    return document + table + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(document)


def test_an_object_replaced_while_it_is_written_out_is_written_as_it_was():
    with pikepdf.Pdf.open(io.BytesIO(astray()), attempt_recovery=False, suppress_warnings=True) as pdf:
        view = QpdfView(pdf)
        node = view.node(1)
        assert node is not None
        assert node.entries is not None
        assert node.entries[b"Type"] == b"/Catalog"
