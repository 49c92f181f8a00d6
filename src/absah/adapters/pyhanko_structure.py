"""What `absah.signing.engine.structure` does, in a document that pyHanko writes: a visible field keeps it tagged.

The rules are told there. pyHanko itself adds nothing to a structure; an odd one is left alone here too.
"""

from typing import Any, NamedTuple

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import enumerate_sig_fields

from absah.adapters.pyhanko_objects import entry


class _Places(NamedTuple):
    """The tree, the one element at its top, the root of the parent tree, and the next key there."""

    tree: generic.DictionaryObject
    top: generic.IndirectObject
    parents: generic.DictionaryObject
    key: int


def may_tag(writer: IncrementalPdfFileWriter, /) -> bool:
    """Whether the document says that it is tagged, and no signature covers its structure yet."""
    marked = entry(entry(writer.root, "/MarkInfo", {}), "/Marked", None)
    return bool(marked) and next(enumerate_sig_fields(writer, filled_status=True), None) is None


def tag_field(writer: IncrementalPdfFileWriter, field: generic.IndirectObject, title: str, /) -> None:
    """Give a new field, its own widget, a Form element (ISO 14289-1 §7.18.4), where the tree can be extended."""
    places = _places(writer)
    if places is None:
        return
    widget = field.get_object()
    page = widget.raw_get("/P")
    kid = {"/Type": pdf_name("/OBJR"), "/Obj": field, "/Pg": page}
    element = {
        "/Type": pdf_name("/StructElem"),
        "/S": pdf_name("/Form"),
        "/P": places.top,
        "/Pg": page,
        "/Alt": pdf_string(title),
        "/K": _dictionary(kid),
    }
    added = writer.add_object(_dictionary(element))
    top = places.top.get_object()
    kids = entry(top, "/K", None)
    present = list(kids) if isinstance(kids, generic.ArrayObject) else [] if kids is None else [top.raw_get("/K")]
    top[pdf_name("/K")] = generic.ArrayObject([*present, added])
    _grow(writer, places, added)
    widget[pdf_name("/StructParent")] = generic.NumberObject(places.key)
    shown = page.get_object()
    if "/Tabs" not in shown:
        shown[pdf_name("/Tabs")] = pdf_name("/S")
    for changed in (top, places.parents, places.tree, shown):
        writer.update_container(changed)


def _grow(writer: IncrementalPdfFileWriter, places: _Places, element: generic.IndirectObject) -> None:
    """One more entry at the end of the parent tree (ISO 32000-1 §7.9.7)."""
    key = generic.NumberObject(places.key)
    if "/Kids" in places.parents:
        limits = generic.ArrayObject([key, key])
        node = writer.add_object(_dictionary({"/Nums": generic.ArrayObject([key, element]), "/Limits": limits}))
        places.parents[pdf_name("/Kids")] = generic.ArrayObject([*places.parents["/Kids"], node])
    else:
        places.parents[pdf_name("/Nums")] = generic.ArrayObject([*places.parents["/Nums"], key, element])
    if "/Limits" in places.parents:
        places.parents[pdf_name("/Limits")] = generic.ArrayObject([places.parents["/Limits"][0], key])
    places.tree[pdf_name("/ParentTreeNextKey")] = generic.NumberObject(places.key + 1)


def _places(writer: IncrementalPdfFileWriter) -> _Places | None:
    """None where the tree is odd: several elements at its top, a parent tree without keys."""
    tree = entry(writer.root, "/StructTreeRoot", None)
    if not isinstance(tree, generic.DictionaryObject):
        return None
    kids, parents = entry(tree, "/K", None), entry(tree, "/ParentTree", None)
    alone = isinstance(kids, generic.ArrayObject) and len(kids) == 1
    top = kids.raw_get(0) if alone else tree.raw_get("/K") if isinstance(kids, generic.DictionaryObject) else None
    if not isinstance(top, generic.IndirectObject) or "/S" not in top.get_object():
        return None
    highest = _highest(parents) if isinstance(parents, generic.DictionaryObject) else None
    if highest is None:
        return None
    return _Places(tree, top, parents, max(highest + 1, int(entry(tree, "/ParentTreeNextKey", 0))))


def _highest(parents: generic.DictionaryObject) -> int | None:
    """The highest key of the parent tree, by what its nodes say of themselves; -1 when it has none; None when odd."""
    if "/Kids" in parents:
        nodes = [kid.get_object() for kid in parents["/Kids"]]
        limits = [list(entry(node, "/Limits", [])) for node in nodes if isinstance(node, generic.DictionaryObject)]
        highest = [limit[1] for limit in limits if len(limit) == 2 and isinstance(limit[1], int)]
        return max(highest) if highest and len(highest) == len(nodes) else None
    numbers = list(entry(parents, "/Nums", ["none"]))  # iterated, an array of pyHanko follows no references
    keys = numbers[::2]
    return max(keys, default=-1) if len(numbers) % 2 == 0 and all(isinstance(key, int) for key in keys) else None


def _dictionary(entries: dict[str, Any]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
