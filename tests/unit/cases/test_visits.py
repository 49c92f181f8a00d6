"""The score of applications: by the logo that a person saw, and by the pages that carry the statement."""

import pytest

from absah.cases.visits import (
    CheckedDocument,
    NotJudged,
    NotVisited,
    Visited,
    VisitsUnreadable,
    check_judgements,
    read_statements,
    read_visits,
    scores,
    write_statements,
    write_visits,
)

SEEN = Visited(system="surat", name="Aplikasi Surat", address="https://surat.example/", picture="ab" * 32)
HIDDEN = Visited(system="intra", name="Intranet", address="http://intra/", refused="private", host="intra")


def test_visits_and_readings_are_read_as_they_were_written():
    assert read_visits(write_visits([SEEN, HIDDEN])) == (SEEN, HIDDEN)
    checked = CheckedDocument(sha256="cd" * 32, system="surat", lacking=(2,))
    assert read_statements(write_statements("Dokumen ini", [checked])) == (checked,)
    for read in (read_visits, read_statements):
        with pytest.raises(VisitsUnreadable):
            read(b"{}")


def test_only_what_was_seen_is_judged_and_all_of_it():
    check_judgements([SEEN, HIDDEN], [("surat", "shown", "")])
    with pytest.raises(NotVisited):
        check_judgements([SEEN, HIDDEN], [("surat", "shown", ""), ("intra", "shown", "")])
    with pytest.raises(NotJudged):
        check_judgements([SEEN], [("surat", "", "")])
    with pytest.raises(NotJudged):
        check_judgements([SEEN], [])


def test_a_score_is_the_mean_of_what_could_be_looked_at():
    documents = [
        CheckedDocument(sha256="1", system="surat"),
        CheckedDocument(sha256="2", system="surat", lacking=(1,)),
        CheckedDocument(sha256="3", lacking=(1,)),
    ]
    surat, intra = scores([SEEN, HIDDEN], {"surat": "shown"}, documents)
    assert (surat.score, surat.read, surat.carrying) == (0.75, 2, 1)
    assert intra.score is None
    assert scores([SEEN], {"surat": "missing"}, [])[0].score == 0.0
