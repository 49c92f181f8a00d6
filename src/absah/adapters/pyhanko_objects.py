"""Our neutral PDF values, and bytes to be stored, as objects of pyHanko's writer."""

from collections.abc import Mapping
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from absah.pdf.objects import Indirect, Name, PdfValue, Stream


def to_pyhanko(value: PdfValue, writer: BasePdfFileWriter, /) -> generic.PdfObject:
    """The object for a value; what must be indirect is added to `writer`."""
    made: generic.PdfObject
    match value:
        case Name():
            made = pdf_name(f"/{value.value}")
        case Indirect():
            made = writer.add_object(to_pyhanko(value.value, writer))
        case Stream():
            made = writer.add_object(compressed_stream(value.entries, value.data, writer))
        case bytes():
            made = pdf_string(value)
        case int():
            made = generic.NumberObject(value)
        case float():
            made = generic.FloatObject(f"{value:.4f}")
        case tuple():
            made = generic.ArrayObject([to_pyhanko(item, writer) for item in value])
        case Mapping():
            made = generic.DictionaryObject(
                {pdf_name(f"/{key}"): to_pyhanko(item, writer) for key, item in value.items()}
            )
    return made


def compressed_stream(
    entries: Mapping[str, PdfValue], data: bytes, writer: BasePdfFileWriter, /
) -> generic.StreamObject:
    """A stream with these entries, deflated unless they name a filter already."""
    dictionary = {pdf_name(f"/{key}"): to_pyhanko(item, writer) for key, item in entries.items()}
    if "Filter" in entries:
        return generic.StreamObject(dictionary, encoded_data=data)
    stream = generic.StreamObject(dictionary, stream_data=data)
    stream.compress()
    return stream


def entry(dictionary: Mapping[str, Any], key: str, default: Any) -> Any:
    """What stands under a key, references followed: pyHanko's own `get` does not follow them."""
    try:
        return dictionary[key]
    except KeyError:
        return default
