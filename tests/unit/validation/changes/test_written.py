"""Later revisions written byte by byte and read by our own reader: what hides between objects."""

from collections.abc import Iterator

import pytest
from tests.fakes.raw_pdf import appended, plain, stream

from absah.adapters.pdf_evidence_bytes import read_structure
from absah.adapters.pdf_history import open_history
from absah.pdf.reader.source import BytesSource
from absah.validation.changes import layout
from absah.validation.changes.comparison import compare_steps
from absah.validation.changes.layout import read_layout
from absah.validation.changes.likeness import Likeness
from absah.validation.changes.views import State, Step, canonical
from absah.validation.evidence import ChangeKind

SIGNED = b"<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]/Contents<00>>>"
BASE = {
    1: b"<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/Outlines 11 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 300 200]>>",
    3: b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[6 0 R 8 0 R]/Resources<</XObject<</Dangling 20 0 R>>>>>>",
    4: stream(b"BT ET"),
    5: b"<</Fields[6 0 R 9 0 R]>>",
    6: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(payee)/V(a)/Rect[0 0 9 9]/AP 7 0 R>>",
    7: b"<</N 10 0 R>>",
    8: b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/GoTo/D[3 0 R/Fit]>>>>",
    9: b"<</FT/Sig/T(group)/Kids[12 0 R]>>",
    10: stream(b"a", b"/Subtype/Form/BBox[0 0 9 9]"),
    11: b"<</Type/Outlines/First 13 0 R>>",
    12: b"<</T(signature)/Parent 9 0 R>>",
    13: b"<</Title(x)/Dest[3 0 R/Fit]>>",
}


def found(*later: dict[int, bytes], base: dict[int, bytes] = BASE, judged: frozenset[int] = frozenset()) -> list[set]:
    """The kinds and places of change that each later revision brought."""
    document = plain(base)
    for objects in later:
        document = appended(document, objects)
    return found_in(document, judged)


def found_in(document: bytes, judged: frozenset[int] = frozenset()) -> list[set]:
    history = open_history(BytesSource(document), tuple(one.end for one in read_structure(document).revisions))
    changes, older = [], None
    for now in history.states(1):
        if older is not None:
            step = Step(before=older.state, after=now.state, touched=now.touched, revision=now.revision, judged=judged)
            changes.append(compared(step))
        older = now
    return changes


def compared(step: Step) -> set[tuple[ChangeKind, str]]:
    (changes,) = compare_steps([step])
    return {(change.kind, change.where) for change in changes}


def test_an_object_that_the_signed_page_was_waiting_for_is_page_content():
    (changes,) = found({20: stream(b"0 0 300 200 re f", b"/Subtype/Form/BBox[0 0 300 200]")})
    assert changes == {(ChangeKind.PAGE_CONTENT, "Page1/Resources")}


def test_rewriting_everything_as_it_was_is_no_change():
    spaced = {number: body.replace(b"/T(payee)", b"\n /T <7061796565>") for number, body in BASE.items()}
    assert found(spaced) == [set()]


def test_a_value_may_move_into_an_object_of_its_own():
    moved = {
        3: BASE[3].replace(b"[6 0 R 8 0 R]", b" 21 0 R").replace(b"<</XObject<</Dangling 20 0 R>>>>", b" 22 0 R"),
        21: b"[6 0 R 8 0 R]",
        22: b"<</XObject 23 0 R>>",
        23: b"<</Dangling 20 0 R>>",
    }
    assert found(moved) == [set()]


def test_what_moved_there_must_not_be_what_something_else_was_waiting_for():
    base = BASE | {13: b"<</Title(x)/Dest[3 0 R/Fit]/A 22 0 R>>"}
    moved = {
        3: BASE[3].replace(b"<</XObject<</Dangling 20 0 R>>>>", b" 22 0 R"),
        22: b"<</XObject<</Dangling 20 0 R>>>>",
    }
    (changes,) = found(moved, base=base)
    assert changes == {(ChangeKind.OTHER, "Root/Outlines/First/A")}


def test_a_stream_may_move_when_its_data_stay():
    base = BASE | {14: BASE[10], 8: BASE[8].replace(b"/A<<", b"/AP<</N 14 0 R>>/A<<")}
    copied = {15: BASE[10], 8: base[8].replace(b"14 0 R", b"15 0 R")}
    assert {kind for kind, _ in found(copied, base=base)[0]} == {ChangeKind.ANNOTATION}
    inline = {1: BASE[1].replace(b"/Outlines", b"/Thread 10 0 R/Outlines")}
    other = {1: BASE[1].replace(b"/Outlines", b"/Thread 16 0 R/Outlines"), 16: BASE[10]}
    assert found(other, base=BASE | inline) == [set()]
    differing = other | {16: stream(b"b", b"/Subtype/Form/BBox[0 0 9 9]")}
    assert found(differing, base=BASE | inline) == [{(ChangeKind.OTHER, "Root/Thread")}]


def test_filling_a_field_is_seen_however_deep_its_picture_lies():
    picture = {10: stream(b"b", b"/Subtype/Form/BBox[0 0 9 9]")}
    (changes,) = found(picture | {6: BASE[6].replace(b"(a)", b"(b)")})
    assert changes == {(ChangeKind.FORM_FIELD, "Field6/AP"), (ChangeKind.FORM_FIELD, "Field6/V")}
    assert found(picture) == [{(ChangeKind.OTHER, "Field6/AP")}]


@pytest.mark.parametrize(
    "base",
    [
        {3: BASE[3].replace(b"/Dangling 20 0 R", b"/X 6 0 R")},
        {3: BASE[3].replace(b"/Dangling 20 0 R", b"/X[6 0 R]")},
        {3: BASE[3].replace(b"<</Dangling 20 0 R>>", b" 24 0 R"), 24: b"<</X 6 0 R>>"},
        {13: b"<</Title(x)/A<</S/Hide/T 6 0 R>>/X<</Y 6 0 R>>>>"},
    ],
)
def test_a_field_that_something_draws_must_not_be_filled(base: dict[int, bytes]):
    (changes,) = found({6: BASE[6].replace(b"/V(a)", b"/V 25 0 R"), 25: stream(b"x")}, base=BASE | base)
    assert ChangeKind.OTHER in {kind for kind, _ in changes}


def test_a_field_may_be_referred_to_where_that_does_not_show_it():
    base = BASE | {13: b"<</Title(x)/A<</S/Hide/T[6 0 R]>>>>", 11: b"[6 0 R 13 0 R]"}
    (changes,) = found({6: BASE[6].replace(b"(a)", b"(b)")}, base=base)
    assert changes == {(ChangeKind.FORM_FIELD, "Field6/V")}


def test_the_catalog_is_referred_to_by_signatures_only():
    signed = SIGNED.replace(b"/Contents", b"/Reference[<</Data 1 0 R>>]/Contents")
    base = BASE | {12: b"<</T(signature)/Parent 9 0 R/V 26 0 R>>", 26: signed}
    material = {1: BASE[1].replace(b"/Outlines", b"/DSS 27 0 R/Outlines"), 27: b"<</Certs[]>>"}
    assert found(material, base=base) == [{(ChangeKind.VALIDATION_MATERIAL, "Root/DSS")}]
    drawn = base | {3: BASE[3].replace(b"<</Dangling 20 0 R>>", b" 1 0 R")}
    assert (ChangeKind.OTHER, "Page1/Resources/1") in found(material, base=drawn)[0]


def test_objects_that_are_freed_are_gone():
    gone = plain(BASE)
    at = len(gone)
    previous = int(gone[gone.rindex(b"startxref") + 9 :].split()[0])
    gone += b"xref\n4 1\n0000000000 00001 f \ntrailer\n<</Size 14/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        previous, at,
    )  # fmt: skip
    assert found_in(gone) == [{(ChangeKind.PAGE_CONTENT, "Page1/Contents")}]
    freed_field = gone.replace(b"xref\n4 1\n", b"xref\n6 1\n")
    assert (ChangeKind.OTHER, "Field6") in found_in(freed_field)[0]


def test_inherited_entries_of_the_page_tree_are_page_content():
    (changes,) = found({2: BASE[2].replace(b"300 200", b"300 100")})
    assert changes == {(ChangeKind.PAGE_CONTENT, "Root/Pages/2/MediaBox")}


def test_pages_may_not_be_exchanged():
    other = {2: BASE[2].replace(b"[3 0 R]", b"[30 0 R]"), 30: BASE[3]}
    assert (ChangeKind.PAGE_TREE, "Root/Pages") in found(other)[0]
    root = {1: BASE[1].replace(b"/Pages 2 0 R", b"/Pages 31 0 R"), 31: BASE[2]}
    assert (ChangeKind.PAGE_TREE, "Root/Pages") in found(root)[0]


def test_an_empty_signature_field_below_a_group_is_signed_once():
    base = BASE | {12: b"<</T(signature)/Parent 9 0 R/Type/Annot/Subtype/Widget/Rect[0 0 9 9]>>"}
    signed = {12: base[12].replace(b"/Rect", b"/V 26 0 R/Rect"), 26: SIGNED}
    again = {12: base[12].replace(b"/Rect", b"/V 28 0 R/Rect"), 28: SIGNED.replace(b"<00>", b"<01>")}
    first, second = found(signed, again, base=base, judged=frozenset({26, 28}))
    assert first == {(ChangeKind.SIGNATURE, "Field12/V")}
    assert {kind for kind, _ in second} == {ChangeKind.SIGNED_FIELD}
    assert {kind for kind, _ in found(signed, base=base)[0]} == {ChangeKind.OTHER}


def test_a_group_of_fields_may_be_added_when_it_is_empty():
    form = {5: b"<</Fields[6 0 R 9 0 R 32 0 R 34 0 R]>>", 32: b"<</T(new)/Kids[33 0 R]>>", 33: b"<</FT/Sig/T(two)>>"}
    (changes,) = found(form | {34: b"[]"})
    assert changes == {
        (ChangeKind.BOOKKEEPING, "Field32"), (ChangeKind.BOOKKEEPING, "Field33"), (ChangeKind.ANNOTATION, "Field34"),
    }  # fmt: skip


def layout_of(objects: dict[int, bytes]) -> layout.Layout:
    document = plain(objects)
    history = open_history(BytesSource(document), tuple(one.end for one in read_structure(document).revisions))
    (state,) = history.states(1)
    return read_layout(state.state)


def test_trees_that_are_none_are_cut(monkeypatch: pytest.MonkeyPatch):
    assert not layout_of(BASE | {2: BASE[2].replace(b"[3 0 R]", b"[3 0 R 3 0 R]")}).whole
    assert not layout_of(BASE | {2: BASE[2].replace(b"[3 0 R]", b"[<</Type/Page>>]")}).whole
    assert layout_of(BASE | {5: b"<</Fields[6 0 R 6 0 R<</T(direct)>>]>>"}).whole
    monkeypatch.setattr(layout, "MOST_NODES", 1)
    assert not layout_of(BASE | {5: b"<</Fields[9 0 R]>>", 12: b"<</Kids[14 0 R]>>", 14: b"<</Kids[15 0 R]>>"}).whole


def test_a_field_names_what_is_above_it_or_is_named_by_it():
    found_fields = layout_of(
        BASE
        | {
            3: BASE[3].replace(b"[6 0 R", b"[14 0 R 15 0 R 14 0 R 6 0 R"),
            14: b"<</Subtype/Widget/T(own)/Parent 16 0 R>>",
            15: b"<</Subtype/Widget/Parent 15 0 R>>",
            16: b"<</T(above)>>",
        }
    )
    assert (found_fields.fields[14].name, found_fields.fields[14].listed) == ("above.own", False)
    assert found_fields.fields[15].name == ""
    assert found_fields.inherited(15, b"FT") is None
    assert found_fields.inherited(99, b"FT") is None


def test_values_are_equal_by_what_they_say():
    deep = b"[" * 60 + b"]" * 60
    base = BASE | {11: b"<</Type/Outlines/First 13 0 R/A[1 2.0/N(x)true]/Deep " + deep + b">>"}
    same = {11: b"<</First 13 0 R /Type /Outlines /Gone null /A[1.0 2/#4e<78>true]/Deep " + deep + b">>"}
    assert found(same, base=base) == [set()]
    assert found({11: base[11].replace(b"true", b"false")}, base=base) == [{(ChangeKind.OTHER, "Root/Outlines")}]


def test_a_reference_that_leads_in_a_circle_is_nothing():
    document = plain(BASE | {40: b"41 0 R", 41: b"40 0 R", 42: b"7"})
    history = open_history(BytesSource(document), tuple(one.end for one in read_structure(document).revisions))
    (state,) = history.states(1)
    asked: State = state.state
    assert asked.resolved(b"40 0 R") is None
    assert asked.resolved(b"3 5 R") is None
    assert asked.items(b"42 0 R") == []
    assert asked.is_null(b"null")


def test_nothing_equals_what_is_too_deep_to_be_taken_apart():
    shallow, deep = b"[" * 10 + b"]" * 10, b"[" * 60 + b"1" + b"]" * 60
    assert canonical(shallow) == canonical(shallow)
    assert canonical(deep, 10) != canonical(deep.replace(b"1", b"1.0"), 10)


def test_an_object_that_is_the_same_where_it_lies_elsewhere_is_the_same():
    document = appended(plain(BASE), {4: BASE[4], 13: b"[1]"})
    history = open_history(BytesSource(document), tuple(one.end for one in read_structure(document).revisions))
    states = history.states(1)
    before, after = next(states), next(states)
    step = Step(
        before=before.state, after=after.state, touched=frozenset({1, 4, 13, 99}), revision=2, judged=frozenset()
    )
    likeness = Likeness(step)
    assert [likeness.same_object(number) for number in (1, 4, 13, 99, 5)] == [True, True, False, True, True]


def test_direct_annotations_are_compared_as_they_are_written():
    base = BASE | {3: BASE[3].replace(b"[6 0 R 8 0 R]", b"[6 0 R<</Subtype/Link/Rect[0 0 9 9]>>]")}
    assert found({3: base[3] + b" "}, base=base) == [set()]
    (changes,) = found({3: base[3].replace(b"9 9]>>", b"9 8]>>")}, base=base)
    assert (ChangeKind.ANNOTATION, "Page1/Annots") in changes


def test_a_page_that_is_new_has_nothing_to_compare_its_annotations_with():
    two = {2: BASE[2].replace(b"[3 0 R]", b"[3 0 R 30 0 R]").replace(b"Count 1", b"Count 2")}
    (changes,) = found(two | {30: b"<</Type/Page/Parent 2 0 R/Annots[8 0 R]>>"})
    assert ChangeKind.PAGE_TREE in {kind for kind, _ in changes}


def test_a_resource_of_the_form_that_is_null_is_none():
    assert found({5: b"<</Fields[6 0 R 9 0 R]/DR<</Font<</F null>>>>>>"}) == [set()]


def test_a_stream_that_becomes_a_dictionary_is_another_object():
    (changes,) = found({4: b"<</Length 5>>"})
    assert changes == {(ChangeKind.PAGE_CONTENT, "Page1/Contents")}


def test_what_is_free_may_lead_in_a_circle_and_back_to_the_page():
    base = BASE | {7: b"<</N 10 0 R/D 10 0 R/Own 7 0 R>>", 10: stream(b"a", b"/Subtype/Form/P 3 0 R/Gone 50 0 R")}
    assert found({13: BASE[13] + b" "}, base=base) == [set()]


def test_a_path_is_not_followed_for_ever():
    chain = {number: b"<</Next %d 0 R>>" % (number + 1) for number in range(60, 110)}
    base = BASE | {11: b"<</Type/Outlines/First 60 0 R>>"} | chain
    (changes,) = found({109: b"<</Next 1 0 R/Title(b)>>"}, base=base)
    assert {kind for kind, _ in changes} == {ChangeKind.OTHER}


def test_an_empty_signature_field_that_was_not_shown_may_be():
    base = BASE | {12: b"<</T(signature)/FT/Sig/Parent 9 0 R/Type/Annot/Subtype/Widget/Rect[0 0 9 9]>>"}
    shown = {3: BASE[3].replace(b"8 0 R]", b"8 0 R 12 0 R]")}
    assert found(shown, base=base) == [set()]


def test_the_trailer_leads_to_nothing_new():
    document = plain(BASE)
    assert found_in(appended(document, {13: BASE[13]}, extra=b"/Info 13 0 R")) == [{(ChangeKind.METADATA, "Info")}]
    assert found_in(appended(document, {13: BASE[13]}, extra=b"/Own 13 0 R")) == [{(ChangeKind.OTHER, "Trailer/Own")}]


def in_a_row(
    *later: dict[int, bytes], base: dict[int, bytes] = BASE, judged: frozenset[int] = frozenset()
) -> list[set]:
    """The same as `found`, every step compared with what is known from the one before."""
    document = plain(base)
    for objects in later:
        document = appended(document, objects)
    history = open_history(BytesSource(document), tuple(one.end for one in read_structure(document).revisions))

    def steps() -> Iterator[Step]:
        older = None
        for now in history.states(1):
            if older is not None:
                yield Step(
                    before=older.state,
                    after=now.state,
                    touched=now.touched,
                    revision=now.revision,
                    judged=frozenset(),
                )
            older = now

    return [{(change.kind, change.where) for change in changes} for changes in compare_steps(steps())]


def test_what_is_known_of_a_page_is_forgotten_when_it_is_written_again():
    other = {3: BASE[3].replace(b"/Contents 4 0 R", b"/Contents 50 0 R"), 50: stream(b"BT 1 ET")}
    nothing, exchanged, quiet, again = in_a_row(
        {13: BASE[13] + b" "}, other, {13: BASE[13] + b" "}, {50: stream(b"BT 2 ET")}
    )
    assert (nothing, quiet) == (set(), set())
    assert exchanged == again == {(ChangeKind.PAGE_CONTENT, "Page1/Contents")}


def test_what_is_known_of_a_signed_field_is_forgotten_when_it_is_written_again():
    field = b"<</T(signature)/FT/Sig/Type/Annot/Subtype/Widget/Rect[0 0 9 9]/V 26 0 R>>"
    base = BASE | {
        12: field,
        26: SIGNED,
        5: b"<</Fields[6 0 R 12 0 R]>>",
        3: BASE[3].replace(b"8 0 R]", b"8 0 R 12 0 R]"),
    }
    quiet, moved, still, value = in_a_row(
        {13: BASE[13] + b" "},
        {12: field.replace(b"9 9]", b"9 8]")},
        {13: BASE[13] + b" "},
        {26: SIGNED.replace(b"<00>", b"<01>")},
        base=base,
    )
    assert (quiet, still) == (set(), set())
    assert {kind for kind, _ in moved | value} == {ChangeKind.SIGNED_FIELD}


def test_a_page_does_not_become_a_node_of_the_tree():
    grown = {3: BASE[3].replace(b"/Type/Page", b"/Type/Page/Kids[30 0 R]/Count 1"), 30: BASE[3]}
    for changes in (found(grown), in_a_row({13: BASE[13] + b" "}, grown)[1:]):
        assert (ChangeKind.PAGE_TREE, "Root/Pages") in changes[0]


def test_a_field_that_gets_kids_is_read_again():
    base = BASE | {12: b"<</T(signature)/Parent 9 0 R/FT/Sig>>"}
    kids = {6: BASE[6].replace(b"/V(a)", b"/V(a)/Kids[51 0 R]"), 51: b"<</Subtype/Widget/Parent 6 0 R/Rect[0 0 9 9]>>"}
    quiet, added = in_a_row({13: BASE[13] + b" "}, kids, base=base)
    assert quiet == set()
    assert ChangeKind.OTHER in {kind for kind, _ in added}
