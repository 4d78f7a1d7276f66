import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from click.testing import CliRunner

from warta.assistant.cli.commands import main
from warta.index.snapshot.durable import writer_lock

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def run(*arguments: object, home: Path | None = None):
    flags = ["--home", str(home)] if home else []
    return CliRunner().invoke(main, [*map(str, arguments), *flags])


# A shell's background job, as CI may be, has SIGINT ignored, and children inherit that.
START = """
import signal
from warta.assistant.cli.commands import main
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
"""


def start(*arguments: object) -> subprocess.Popen[str]:
    """Run the command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", START, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        start_new_session=True,
    )


def write_article(folder: Path, name: str = "jembatan.txt", text: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    body = text or "Jembatan Sungai Lestari di Desa Mekarjaya dibuka Bupati Rahayu pada Senin."
    path.write_text(f"Jembatan Sungai Lestari Dibuka\n\n{body}\n", encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


# What goes right


def test_an_article_is_indexed_found_and_quoted(tmp_path, home):
    write_article(tmp_path / "articles")
    indexed = run("index", tmp_path / "articles", "--source", "Contoh", "--json", home=home)
    assert indexed.exit_code == 0, indexed.stderr
    report = json.loads(indexed.stdout)
    assert (report["seen"], report["indexed"], report["skipped"]) == (1, 1, 0)
    (hit,) = json.loads(run("search", "jembatan dibuka", "--json", home=home).stdout)["hits"]
    fields = "rank score article_id title published source url text start end also copies"
    assert list(hit) == fields.split()
    assert (hit["rank"], hit["article_id"], hit["source"]) == (1, "jembatan", "Contoh")


def test_a_second_run_changes_nothing(tmp_path, home):
    write_article(tmp_path / "articles")
    first = json.loads(run("index", tmp_path / "articles", "--json", home=home).stdout)
    second = json.loads(run("index", tmp_path / "articles", "--json", home=home).stdout)
    assert (second["indexed"], second["unchanged"]) == (0, 1)
    assert second["snapshot"] == first["snapshot"]


def test_columns_of_other_names_are_mapped(tmp_path, home):
    table = tmp_path / "berita.csv"
    table.write_text("Nomor,Berita\n7,Jembatan Sungai Lestari dibuka Bupati Rahayu.\n", "utf-8")
    result = run("index", table, "--map", "text=Berita", "--map", "id=Nomor", home=home)
    assert result.exit_code == 0, result.stderr
    hits = json.loads(run("search", "jembatan", "--json", home=home).stdout)["hits"]
    assert [hit["article_id"] for hit in hits] == ["7"]


def test_pruning_drops_what_left_the_folder(tmp_path, home):
    write_article(tmp_path / "articles")
    gone = write_article(tmp_path / "articles", "pasar.txt", "Pasar Melati terbakar pada Jumat.")
    run("index", tmp_path / "articles", home=home)
    gone.unlink()
    report = json.loads(run("index", tmp_path / "articles", "--prune", "--json", home=home).stdout)
    assert report["removed"] == 1
    found = {
        query: json.loads(run("search", query, "--json", home=home).stdout)["hits"]
        for query in ("pasar terbakar", "jembatan dibuka")
    }
    assert found["pasar terbakar"] == []
    assert [hit["article_id"] for hit in found["jembatan dibuka"]] == ["jembatan"]


def test_the_samples_make_room_for_articles_of_ones_own(tmp_path, home):
    from warta.corpus.archive.archive import Archive
    from warta.corpus.samples import samples_path

    run("index", samples_path(), home=home)
    assert json.loads(run("status", "--json", home=home).stdout)["samples"] == 40
    write_article(tmp_path / "articles")
    result = run("index", tmp_path / "articles", home=home)
    assert "40 invented sample articles made room." in result.stdout
    assert "Snapshot 000002." in result.stdout  # none in between held both
    with Archive.open(home, readonly=True) as archive:
        took = archive.runs()[0].seconds  # with the index that the samples are no longer in
    assert took is not None
    assert f"1 item seen in {took:.1f} s" in result.stdout
    status = json.loads(run("status", "--json", home=home).stdout)
    assert (status["articles"], status["samples"]) == (1, 0)


def test_search_keeps_to_days_and_outlets(samples_home):
    found = run(
        *("search", "harga cabai rawit", "--since", "2026-01-20", "--until", "2026-01-31"),
        *("--source", "sagara pos (contoh)", "--json"),
        home=samples_home,
    )
    hits = json.loads(found.stdout)["hits"]
    assert hits[0]["article_id"] == "contoh-sp-004"
    assert {hit["source"] for hit in hits} == {"Sagara Pos (contoh)"}
    assert all("2026-01-20" <= hit["published"] <= "2026-01-31" for hit in hits)


def test_ask_prints_the_answer_with_citations_into_the_article(samples_home):
    result = run("ask", "Berapa biaya Jembatan Kali Mendira?", "--json", home=samples_home)
    answer = json.loads(result.stdout)
    assert answer["status"] == "answered"
    assert "Rp47,5 miliar" in answer["text"]
    assert {"status", "text", "language", "citations", "receipt"} <= answer.keys()
    citation = answer["citations"][0]
    assert {"number", "article_id", "title", "published", "source", "url", "quote"} <= (
        citation.keys()
    )
    receipt = answer["receipt"]
    assert {"query", "since", "until", "sources", "snapshot", "writer", "seconds"} <= (
        receipt.keys()
    )


def test_ask_prints_text_with_sources_and_markdown(samples_home):
    question = ("ask", "Siapa juara Piala Gubernur 2026?")
    text = run(*question, home=samples_home).stdout
    assert "Lembayung United" in text
    assert "[1]" in text
    markdown = run(*question, "--format", "markdown", home=samples_home).stdout
    assert "](https://" in markdown


def test_a_recorded_answer_is_asked_again_and_compared(samples_home, tmp_path):
    first = run("ask", "Siapa juara Piala Gubernur 2026?", "--json", home=samples_home)
    recorded = tmp_path / "answer.json"
    recorded.write_text(first.stdout, encoding="utf-8")
    again = run("ask", "--replay", recorded, "--json", home=samples_home)
    assert again.exit_code == 0
    assert json.loads(again.stdout)["text"] == json.loads(first.stdout)["text"]
    assert "The answer is the recorded one." in again.stderr


def test_a_recorded_greeting_is_said_again(samples_home, tmp_path):
    recorded = tmp_path / "answer.json"
    first = run("ask", "Apa kabar?", "--json", home=samples_home)
    recorded.write_text(first.stdout, encoding="utf-8")
    again = run("ask", "--replay", recorded, home=samples_home)
    assert again.exit_code == 0
    assert "The answer is the recorded one." in again.stderr


def test_a_recorded_answer_says_which_topics_were_taken_off(samples_home, tmp_path):
    question = "Siapa juara Piala Gubernur 2026?"
    first = json.loads(run("ask", question, "--json", home=samples_home).stdout)
    first["receipt"]["without"] = ["Lembayung United"]
    recorded = tmp_path / "answer.json"
    recorded.write_text(json.dumps(first), encoding="utf-8")
    again = json.loads(run("ask", "--replay", recorded, "--json", home=samples_home).stdout)
    assert (again["receipt"]["without"], again["receipt"]["topics"]) == (["Lembayung United"], [])
    del first["receipt"]["without"]  # as receipts were before
    recorded.write_text(json.dumps(first), encoding="utf-8")
    again = run("ask", "--replay", recorded, "--json", home=samples_home)
    assert json.loads(again.stdout)["receipt"]["without"] == []


def test_status_tells_what_is_covered(samples_home):
    status = json.loads(run("status", "--json", home=samples_home).stdout)
    assert (status["articles"], status["first"], status["last"]) == (40, "2026-01-05", "2026-02-28")
    assert status["sources"]["Sagara Pos (contoh)"] == 6
    assert (status["skipped"], status["samples"], status["warning"]) == (0, 40, "")
    assert "2026-01-05 to 2026-02-28" in run("status", home=samples_home).stdout


def test_status_lists_what_was_skipped_and_removed(tmp_path, home):
    text = "Jembatan dibuka Bupati Rahayu.\n\nTinggalkan Komentar\n\nScroll to Top"
    write_article(tmp_path / "articles", text=text)
    (tmp_path / "articles" / "foto.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    run("index", tmp_path / "articles", home=home)
    (skipped,) = json.loads(run("status", "--skipped", "--json", home=home).stdout)
    assert skipped["origin"].endswith("foto.png")
    assert skipped["reason"]
    (removed,) = json.loads(run("status", "--removed", "--json", home=home).stdout)
    assert removed["article_id"] == "jembatan"
    assert "Scroll to Top" in removed["removed"]


def test_check_finds_every_file_whole(samples_home):
    result = run("check", "--json", home=samples_home)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"ok": True, "findings": []}


def test_check_names_a_damaged_file_and_ends_with_1(tmp_path, home):
    write_article(tmp_path / "articles")
    run("index", tmp_path / "articles", home=home)
    vectors = next((home / "index").glob("*/vectors.faiss"))
    data = bytearray(vectors.read_bytes())
    data[-1] ^= 1
    vectors.write_bytes(data)
    result = run("check", home=home)
    assert result.exit_code == 1
    assert "vectors.faiss" in result.stdout
    assert "warta check --repair" in result.stdout


def test_evaluate_measures_retrieval_by_kind(samples_home, few_questions):
    result = run("evaluate", few_questions, "--json", home=samples_home)
    figures = {(row["kind"], row["measure"]): row for row in json.loads(result.stdout)}
    assert figures["all", "recall@5"]["questions"] == 9  # of ten; the tenth has no answer
    assert figures["fact", "recall@5"]["mean"] == 1.0
    assert "recall@10" in run("evaluate", few_questions, home=samples_home).stdout


def test_evaluate_compares_settings_and_draws_them(samples_home, few_questions, tmp_path):
    picture = tmp_path / "figures.svg"
    flags = ("--compare", "terms", "--picture", picture)
    result = run("evaluate", few_questions, *flags, "--json", home=samples_home)
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)
    assert {row["setting"] for row in rows} == {"as set up", "terms"}
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_evaluate_refuses_a_picture_that_is_no_svg_or_of_answers(samples_home):
    questions = Path(__file__).parent / "samples_questions.jsonl"
    for flags in (("--picture", "figures.png"), ("--answers", "--compare", "terms")):
        assert run("evaluate", questions, *flags, home=samples_home).exit_code == 2


def test_a_reranker_that_is_not_there_is_named_and_nothing_is_downloaded(samples_home, tmp_path):
    result = run("search", "banjir", "--reranker", tmp_path / "none", home=samples_home)
    assert result.exit_code == 1
    assert "No reranking model at" in result.stderr


def test_an_nli_model_that_is_not_there_is_named_before_anything_is_asked(samples_home, tmp_path):
    written = ("--writer", "endpoint", "--endpoint", "http://127.0.0.1:9/v1", "--model", "kecil")
    result = run("ask", "banjir", *written, "--nli", tmp_path / "none", home=samples_home)
    assert result.exit_code == 1
    assert "No NLI model at" in result.stderr
    assert result.stdout == ""


def test_evaluate_judges_whole_answers(samples_home, few_questions):
    result = run("evaluate", few_questions, "--answers", "--json", home=samples_home)
    assert result.exit_code == 0, result.stderr
    measured = {row["kind"] for row in json.loads(result.stdout)}
    assert {"all", "fact", "followup", "unanswerable"} <= measured


def test_training_wants_enough_articles(samples_home):
    result = run("train", home=samples_home)
    assert result.exit_code == 1
    assert "Only 40 articles have a headline" in result.stderr


def test_feedback_is_listed(home):
    from warta.assistant.upkeep.feedback import add_feedback

    home.mkdir()
    add_feedback(home, {"verdict": "down", "question": "Siapa?", "reason": "keliru"})
    assert "down · Siapa? · keliru" in run("feedback", home=home).stdout
    (said,) = json.loads(run("feedback", "--json", home=home).stdout)
    assert (said["verdict"], said["question"]) == ("down", "Siapa?")


def test_a_login_is_put_into_its_file(tmp_path):
    from warta.assistant.web.login import Logins

    file = tmp_path / "logins.txt"
    typed = "rahasia-sekali\nrahasia-sekali\n"
    result = CliRunner().invoke(main, ["login", str(file), "redaksi"], input=typed)
    assert result.exit_code == 0
    logins = Logins.load(file)
    assert logins.check("redaksi", "rahasia-sekali")
    assert not logins.check("redaksi", "rahasia")


# What goes wrong: the message and the exit code


def test_a_missing_path_ends_with_2_and_is_named(tmp_path, home):
    result = run("index", tmp_path / "absent", home=home)
    assert result.exit_code == 2
    assert f"There is no file or folder '{tmp_path / 'absent'}'" in result.stderr
    assert not home.exists()


def test_the_home_itself_is_not_indexed_where_it_lies_in_the_folder(tmp_path):
    write_article(tmp_path)
    for _ in range(2):
        report = json.loads(run("index", tmp_path, "--json", home=tmp_path / "home").stdout)
        assert report["seen"] == 1


def test_an_empty_folder_ends_with_1_and_says_what_would_be_read(tmp_path, home):
    (tmp_path / "empty").mkdir()
    result = run("index", tmp_path / "empty", home=home)
    assert result.exit_code == 1
    assert f"There is nothing to index in {tmp_path / 'empty'}." in result.stderr
    assert ".jsonl" in result.stderr


def test_a_folder_of_pictures_ends_with_1_and_says_why(tmp_path, home):
    for number in range(3):
        (tmp_path / f"{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    result = run("index", tmp_path, home=home)
    assert result.exit_code == 1
    assert "None of the 3 items" in result.stderr
    assert ".png" in result.stderr


def test_a_csv_without_a_text_column_ends_with_1_and_names_its_columns(tmp_path, home):
    table = tmp_path / "angka.csv"
    table.write_text("nomor,jumlah\n1,2\n", encoding="utf-8")
    result = run("index", table, home=home)
    assert result.exit_code == 1
    assert "angka.csv" in result.stderr
    assert "jumlah" in result.stderr
    assert "--map" in result.stderr


def test_a_truncated_gzip_keeps_its_whole_lines_and_ends_with_1(tmp_path, home):
    lines = [
        json.dumps({"id": f"a{n}", "text": f"Berita nomor {n} tentang {os.urandom(200).hex()}."})
        for n in range(300)
    ]
    path = tmp_path / "berita.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode())[:-20_000])
    result = run("index", path, "--json", home=home)
    assert result.exit_code == 1
    assert "berita.jsonl.gz" in result.stderr
    report = json.loads(result.stdout)
    assert 0 < report["indexed"] < 300
    assert report["indexed"] + report["unchanged"] + report["skipped"] == report["seen"]
    assert json.loads(run("status", "--json", home=home).stdout)["articles"] == report["indexed"]


def test_a_home_of_another_embedder_ends_with_1_and_names_the_remedy(tmp_path, home):
    from warta.index.building.ingest import index_paths
    from warta.index.embedding.embedder import LengthEmbedder

    write_article(tmp_path / "articles")
    index_paths(home, [tmp_path / "articles"], embedder=LengthEmbedder())
    for arguments in (("search", "jembatan"), ("ask", "Apa?"), ("index", tmp_path / "articles")):
        result = run(*arguments, home=home)
        assert result.exit_code == 1
        assert "embedder" in result.stderr
        assert "--rebuild" in result.stderr
    assert run("index", tmp_path / "articles", "--rebuild", home=home).exit_code == 0
    assert run("search", "jembatan", home=home).exit_code == 0


def test_a_second_index_at_the_same_time_ends_with_3_and_names_the_holder(tmp_path, home):
    write_article(tmp_path / "articles")
    with writer_lock(home):
        other = start("index", tmp_path / "articles", "--home", home)
        _, message = other.communicate(timeout=120)
    assert other.returncode == 3
    assert str(os.getpid()) in message
    assert "Traceback" not in message
    assert run("index", tmp_path / "articles", home=home).exit_code == 0


def test_a_port_in_use_ends_with_1_and_names_it(samples_home):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = run("serve", "--port", port, home=samples_home)
    assert result.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is in use." in result.stderr


def test_an_address_beyond_this_machine_wants_a_word(samples_home):
    result = run("serve", "--host", "0.0.0.0", "--port", 0, home=samples_home)
    assert result.exit_code == 1
    assert "--open" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("search", "x"), ("ask", "x"), ("status",), ("status", "--skipped"), ("check",)],
)
def test_a_home_without_an_index_ends_with_1_and_says_how_to_begin(home, arguments):
    result = run(*arguments, home=home)
    assert result.exit_code == 1
    assert "warta index" in result.stderr + result.stdout
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("index",), "Missing argument"),
        (("index", ".", "--map", "text"), "is not FIELD=COLUMN"),
        (("index", ".", "--map", "teks=Berita"), "There is no field 'teks' to map."),
        (("search", "x", "--since", "kemarin"), "2026-01-31"),
        (("search", "x", "-k", "0"), "1<=x<=100"),
        (("ask",), "Give a question, or --replay FILE."),
        (("ask", "x", "--format", "pdf"), "'pdf' is not one of"),
        (("serve", "--port", "70000"), "70000"),
        (("frobnicate",), "No such command"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_was_expected(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_an_empty_question_and_a_reversed_range_end_with_1(samples_home):
    assert run("search", "  ", home=samples_home).exit_code == 1
    reversed_days = ("--since", "2026-02-01", "--until", "2026-01-01")
    result = run("search", "banjir", *reversed_days, home=samples_home)
    assert result.exit_code == 1
    assert "ends before it begins" in result.stderr


def test_a_file_that_is_no_recorded_answer_ends_with_1(samples_home, tmp_path):
    file = tmp_path / "x.json"
    file.write_text("[]", encoding="utf-8")
    result = run("ask", "--replay", file, home=samples_home)
    assert result.exit_code == 1
    assert "holds no answer" in result.stderr


def test_an_unknown_setting_ends_with_1_and_names_file_and_key(tmp_path):
    file = tmp_path / "my.toml"
    file.write_text("hmoe = 'x'\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["--config", str(file), "status"])
    assert result.exit_code == 1
    assert f"Unknown setting hmoe = 'x' in {file}. Did you mean 'home'?" in result.stderr


def test_ctrl_c_ends_with_130_and_the_next_run_succeeds(tmp_path, home):
    for number in range(1000):
        write_article(tmp_path / "articles", f"{number}.txt", f"Berita ke-{number} dari desa.")
    process = start("index", tmp_path / "articles", "--home", home)
    lock = home / "index" / "LOCK"
    while not lock.exists() or not lock.read_text().strip():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the cleaners get it too
    _, message = process.communicate(timeout=120)
    assert process.returncode in (130, -signal.SIGINT)  # shells call both 130
    assert "Traceback" not in message
    assert "Nothing is half done" in message
    again = run("index", tmp_path / "articles", "--json", home=home)
    assert again.exit_code == 0
    report = json.loads(again.stdout)
    assert report["indexed"] + report["unchanged"] == 1000


def test_help_imports_nothing_heavy():
    code = (
        "import sys, assistant.cli; "
        "print(sorted({'torch', 'faiss', 'gradio', 'transformers', 'tantivy', 'numpy', "
        "'trafilatura', 'dateparser', 'fastapi'} & sys.modules.keys()))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    assert shown.stdout == "[]\n"


def test_a_copy_that_is_not_installed_says_so_instead_of_its_version(monkeypatch):
    monkeypatch.setattr("warta.assistant.cli.commands.version", lambda name: f"1.2 of {name}")
    assert CliRunner().invoke(main, ["--version"]).output == "warta, version 1.2 of warta\n"

    def unknown(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("warta.assistant.cli.commands.version", unknown)
    said = CliRunner().invoke(main, ["--version"])
    assert said.exit_code == 1
    assert said.output == (
        "Error: Only an installed Warta knows its version. Install it with: pip install .\n"
    )
