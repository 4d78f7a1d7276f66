import json

import pytest

from warta.corpus.errors import InputError
from warta.corpus.reading.tables import DEEPEST, MOST_VALUES, check_nesting


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_the_deepest_passes_and_one_more_does_not():
    check_nesting(nested(DEEPEST))
    check_nesting(",".join([nested(DEEPEST)] * 3))
    with pytest.raises(InputError, match="limit of 100 levels"):
        check_nesting(nested(DEEPEST + 1))
    with pytest.raises(InputError, match="limit of 100 levels"):
        check_nesting('{"a":[' * 51)


def test_brackets_and_commas_of_texts_do_not_count():
    check_nesting(json.dumps({"text": '[{,\\"' * (MOST_VALUES // 3)}))


def test_more_values_than_fit_into_memory_are_refused_with_both_figures():
    check_nesting("1," * MOST_VALUES)
    with pytest.raises(InputError, match="holds 4,000,001 values; the limit is 4,000,000"):
        check_nesting("[" + "1," * MOST_VALUES)


@pytest.mark.parametrize("text", ['"' * 3, '"\\"' * 2_000_001, '"a\\', '["' + "[" * 9_000_000])
def test_strings_that_never_close_are_measured_once(text):
    check_nesting(text)
