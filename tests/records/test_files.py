"""A file is there as a whole or not at all, and a folder that cannot be written is said so before the work begins."""

from __future__ import annotations

import pytest

from enkephalin.errors import WorkError
from enkephalin.records.files import make_ready, own_yaml, write_whole


def test_a_file_whose_writing_fails_leaves_the_old_one_and_nothing_beside_it(tmp_path):
    kept = write_whole(tmp_path / "kept.txt", lambda path: path.write_text("old"))

    def fail(path):
        path.write_text("half of the new")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_whole(kept, fail)
    assert kept.read_text() == "old" and list(tmp_path.iterdir()) == [kept]


def test_a_folder_is_made_with_those_above_it(tmp_path):
    assert make_ready(tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_made_is_said_with_a_way_out(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WorkError) as caught:
        make_ready(tmp_path / "file" / "folder")
    assert caught.value.place == str(tmp_path / "file" / "folder") and caught.value.try_.startswith("another folder")


def test_yaml_of_our_own_is_read_as_the_plain_parser_reads_it(tmp_path):
    import yaml

    from enkephalin.records.files import PACKAGE

    for path in (PACKAGE / "report").glob("*.yaml"):
        assert own_yaml(path) == yaml.safe_load(path.read_text("utf-8"))
