import pytest

from absah.adapters import high_water
from absah.adapters.files import FileNotKept
from absah.adapters.high_water import HighWaterUnreadable, raise_high_water, read_high_water


def test_numbers_rise_and_never_fall(tmp_path):
    file = tmp_path / "numbers.json"
    assert read_high_water(file) == {}
    raise_high_water(file, "issuing-ca", 7)
    raise_high_water(file, "root-ca", 0)
    raise_high_water(file, "issuing-ca", 5)
    assert read_high_water(file) == {"issuing-ca": 7, "root-ca": 0}


def test_a_disk_that_is_not_mounted_does_not_pass_for_a_fresh_start(tmp_path):
    with pytest.raises(HighWaterUnreadable):
        read_high_water(tmp_path / "away" / "numbers.json")
    with pytest.raises(HighWaterUnreadable):
        raise_high_water(tmp_path / "away" / "numbers.json", "issuing-ca", 1)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"issuing-ca": "7"}', b"\xff"])
def test_a_file_that_is_not_ours_is_refused(tmp_path, content):
    file = tmp_path / "numbers.json"
    file.write_bytes(content)
    with pytest.raises(HighWaterUnreadable):
        read_high_water(file)


def test_a_folder_in_its_place_is_refused(tmp_path):
    with pytest.raises(HighWaterUnreadable):
        read_high_water(tmp_path)


def test_a_disk_that_takes_nothing_is_said(tmp_path, monkeypatch):
    def full(*_arguments: object) -> None:
        raise FileNotKept(problem="full")

    monkeypatch.setattr(high_water, "replace_file", full)
    with pytest.raises(HighWaterUnreadable):
        raise_high_water(tmp_path / "numbers.json", "issuing-ca", 1)
