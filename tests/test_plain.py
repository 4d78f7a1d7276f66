"""What of a model's output is meant for the reader."""

import pytest

from warta.assistant.writing.support import plain


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ("<think>Mungkin Rp4 miliar?</think>\n\nPasar dibuka [1].", "Pasar dibuka [1]."),
        ("<think>tanpa akhir Pasar dibuka [1].", ""),
        ("pikiran yang dibuka templat</think> Pasar dibuka [1].", "Pasar dibuka [1]."),
        ("<THINK>a</THINK>x<thinking>b</thinking>", "x"),
        ("[THINK]a[/THINK]Pasar dibuka.", "Pasar dibuka."),
        ("<unused94>thought\na<unused95>Pasar dibuka.", "Pasar dibuka."),
        ("<|channel|>analysis<|message|>a<|end|><|channel|>final<|message|>b", "b"),
        ("<|channel|>analysis<|message|>masih berpikir", ""),
        ("<thi\u200bnk>a</think>b", "b"),
    ],
)  # fmt: skip
def test_thinking_parts_go_closed_or_not(output, wanted):
    assert plain(output) == wanted


@pytest.mark.parametrize(
    "end", ["<|im_end|>", "<|eot_id|>", "<end_of_turn>", "</s>", "<|im_start|>user", "<eos>"]
)
def test_what_follows_the_end_of_the_turn_goes(end):
    assert plain(f"Pasar dibuka.{end}\nPengguna: dan lagi?") == "Pasar dibuka."


def test_markdown_signs_go_and_words_stay():
    output = "## Jawaban\n**Pasar** `Wonosari` [dibuka](https://evil.example) ![x](http://a/b) [1]"
    assert plain(output) == "Jawaban\nPasar Wonosari dibuka x [1]"
    assert plain("Pasar dibuka [1](https://evil.example/a).") == "Pasar dibuka [1]."


def test_tags_go_and_signs_of_arithmetic_stay():
    assert plain("<b>Pasar</b> <img src=//evil.example/a.png>dibuka<br/>.") == "Pasar dibuka."
    assert plain("5 < 6 dan 7 > 3, I <3 pasar") == "5 < 6 dan 7 > 3, I <3 pasar"


def test_invisible_and_control_characters_go():
    assert plain("Pasar\u202e \x1b[31mdibuka\x07\u200b.") == "Pasar [31mdibuka."
