"""The map of CONTRIBUTING.md names every file there is, and none that is gone."""

import re

import pytest
from file_map import BEGIN, DOCUMENT, END, made_map, product_files, says


@pytest.fixture(scope="module")
def files():
    found = product_files()
    if not found:
        pytest.skip("not a git checkout: which files belong to it is not known")
    return found


def test_every_file_says_what_it_is_in_a_line(files):
    for file in files:
        if not file.endswith("py.typed"):
            assert 10 <= len(says(file)) <= 200, file


def test_the_map_is_what_the_files_say(files):
    drawn = re.search(f"{BEGIN}\n(.*?){END}", DOCUMENT.read_text("utf-8"), re.S)
    assert drawn
    assert drawn[1] == made_map(files), "run: python tests/file_map.py"
