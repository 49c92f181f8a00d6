import io

import pikepdf
from tests.fakes.raw_pdf import PAGES, plain

from absah.pdf.objects import Indirect, Name, Stream
from absah.pdf.reader.document import open_document
from absah.pdf.reader.source import BytesSource
from absah.pdf.writer.amendment import Amendment
from absah.pdf.writer.template import Templates, deflated, template_of

VALUE = {
    "Name": Name("A B"),
    "Text": b"(x)",
    "Numbers": (1, 2.5, -3),
    "Inner": Indirect({"Font": Stream({"Length1": 3}, b"abc"), "More": Indirect((Name("X"),))}),
}


def test_a_drawn_value_is_written_with_its_objects_each_time_anew() -> None:
    document = plain(PAGES)
    amendment = Amendment(open_document(BytesSource(document)), fresh=bytes(16))
    template = template_of(VALUE)
    first, second = template.into(amendment), template.into(amendment)
    assert first != second
    amendment.put(amendment.root, b"First", first)
    amendment.put(amendment.root, b"Second", second)
    with pikepdf.open(io.BytesIO(document + amendment.written()), attempt_recovery=False) as pdf:
        for value in (pdf.Root.First, pdf.Root.Second):
            assert value.Name == pikepdf.Name("/A B")
            assert bytes(value.Text) == b"(x)"
            assert [float(number) for number in value.Numbers] == [1, 2.5, -3]
            assert value.Inner.Font.read_bytes() == b"abc"
            assert value.Inner.Font.Length1 == 3
            assert value.Inner.More[0] == pikepdf.Name.X
        assert pdf.Root.First.Inner.objgen != pdf.Root.Second.Inner.objgen


def test_templates_are_kept_for_the_values_used_last() -> None:
    templates = Templates(most=2)
    values = [{"A": number} for number in range(3)]
    kept = [templates.of(value) for value in values]
    assert templates.of(values[2]) is kept[2]
    assert templates.of(values[0]) is not kept[0]
    assert deflated(b"abc") is deflated(b"abc")
