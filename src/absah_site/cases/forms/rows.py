"""A form field that is a table: what was written, some empty rows below, and no script needed to fill it in."""

from typing import Any, Final

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from absah.cases.fields import MOST_ROWS, read_rows, write_rows
from absah.cases.kind import CaseField, FieldKind
from absah.kernel.messages import Language
from absah_site.language import current_language

_EMPTY: Final = 4


class RowsWidget(forms.Widget):
    """A row of controls for each row of the value; the browser sends `name-row-column`, and how many rows there are."""

    def __init__(self, field: CaseField) -> None:
        super().__init__()
        self._field = field

    def id_for_label(self, id_: str | None) -> str:
        return f"{id_}-0-0" if id_ else ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # noqa: ARG002  (Django's)
        sent = str(data.get(f"{name}-rows", ""))
        count = min(int(sent), MOST_ROWS + _EMPTY) if sent.isascii() and sent.isdecimal() and len(sent) < 5 else 0
        columns = range(len(self._field.columns))
        return write_rows([str(data.get(f"{name}-{row}-{column}", "")) for column in columns] for row in range(count))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002  (Django's)
        return f"{name}-rows" not in data

    def render(
        self,
        name: str,
        value: Any,
        attrs: Any = None,  # noqa: ARG002  (Django's)
        renderer: Any = None,  # noqa: ARG002  (Django's)
    ) -> SafeString:
        kept = read_rows(str(value)) if value else ()
        blank = ("",) * len(self._field.columns)
        rows = [
            [_Cell(f"{name}-{number}-{place}", column, cell) for place, (column, cell) in enumerate(cells)]
            for number, cells in enumerate(
                zip(self._field.columns, row, strict=False) for row in (*kept, *[blank] * _EMPTY)
            )
        ]
        header = [column.text if _indonesian() else column.gloss for column in self._field.columns]
        label = self._field.text if _indonesian() else self._field.gloss
        page = {"name": name, "rows": rows, "header": header, "label": label}
        return render_to_string("cases/rows.html", page)


class RowsField(forms.CharField):
    """A table as the engine takes it: JSON of its rows."""

    def __init__(self, field: CaseField, *, required: bool, label: str) -> None:
        super().__init__(required=required, label=label, widget=RowsWidget(field), strip=False)


class _Cell:
    """One control of the table."""

    def __init__(self, name: str, column: CaseField, value: str) -> None:
        self.name, self.value = name, value
        self.label = column.text if _indonesian() else column.gloss
        self.kind = column.kind
        self.input = {FieldKind.DAY: "date", FieldKind.NUMBER: "number", FieldKind.MOMENT: "datetime-local"}.get(
            column.kind, "text"
        )
        self.long = column.kind is FieldKind.TEXT
        self.choices = [(each.key, each.text if _indonesian() else each.gloss) for each in column.choices]


def _indonesian() -> bool:
    return current_language() is Language.INDONESIAN
