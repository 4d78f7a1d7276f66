import dataclasses
from pathlib import Path

import pytest

from warta.assistant.config import _READERS, Settings, load_settings
from warta.corpus.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    path = folder / "warta.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_file_variables_or_flags_the_defaults_stand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load_settings(environ={})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.open) == ("127.0.0.1", 7860, False)
    assert settings.home == Path("warta-data")


def test_flags_win_over_variables_and_variables_over_the_file(tmp_path):
    file = write(tmp_path, 'port = 1001\nhost = "10.0.0.1"\nlanguage = "id"\n')
    environ = {"WARTA_PORT": "1002", "WARTA_HOST": "10.0.0.2"}
    settings = load_settings(file, environ, {"port": 1003, "host": None})
    assert (settings.port, settings.host, settings.language) == (1003, "10.0.0.2", "id")


def test_warta_toml_in_the_working_folder_is_read_by_itself(tmp_path, monkeypatch):
    write(tmp_path, "port = 9000\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings(environ={}).port == 9000


def test_the_variable_warta_config_names_the_file(tmp_path):
    file = write(tmp_path, "port = 9000\n")
    assert load_settings(environ={"WARTA_CONFIG": str(file)}).port == 9000


def test_a_relative_home_in_a_file_is_meant_from_where_the_file_lies(tmp_path):
    file = write(tmp_path, 'home = "arsip"\nauth = "/etc/warta/logins"\n')
    settings = load_settings(file, {})
    assert settings.home == tmp_path / "arsip"
    assert settings.auth == Path("/etc/warta/logins")


def test_an_unknown_key_names_file_key_and_value_and_offers_the_nearest(tmp_path):
    file = write(tmp_path, "prot = 80\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(file, {})
    assert str(caught.value) == f"Unknown setting prot = 80 in {file}. Did you mean 'port'?"


def test_an_unknown_key_like_nothing_known_lists_what_is_known(tmp_path):
    file = write(tmp_path, "zzz = true\n")
    with pytest.raises(ConfigError, match="Known are: home, host, port"):
        load_settings(file, {})


def test_an_unknown_variable_is_an_error_too():
    with pytest.raises(ConfigError, match=r"WARTA_HOEM = 'x' in the environment.*'home'"):
        load_settings(environ={"WARTA_HOEM": "x"})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('port = "eighty"', "a whole number from 0 to 65535"),
        ("port = 70000", "a whole number from 0 to 65535"),
        ("port = true", "a whole number from 0 to 65535"),
        ("port = 80.5", "a whole number from 0 to 65535"),
        ("host = 5", "a text in quotation marks"),
        ('open = "maybe"', "true or false"),
        ("open = 1", "true or false"),
        ('home = ""', "a path in quotation marks"),
        ("hosts = [1]", "a list of names"),
        ('language = "fr"', "one of '', 'id', 'en'"),
        ("workers = 0", "a whole number from 1 to 256"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_to_give(tmp_path, line, expected):
    file = write(tmp_path, line + "\n")
    key = line.split(" = ")[0]
    with pytest.raises(ConfigError) as caught:
        load_settings(file, {})
    assert f"Setting {key} = " in str(caught.value)
    assert str(file) in str(caught.value)
    assert f"Give {expected}" in str(caught.value)


def test_a_file_that_is_not_toml_or_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"warta\.toml is not TOML.*line 1"):
        load_settings(write(tmp_path, "port 80"), {})
    with pytest.raises(ConfigError, match=r"absent\.toml cannot be read"):
        load_settings(tmp_path / "absent.toml", {})


def test_variables_are_read_as_their_settings_want_them():
    environ = {"WARTA_OPEN": "yes", "WARTA_HOSTS": "a.example, b.example", "WARTA_QUEUE": "7"}
    settings = load_settings(environ=environ)
    assert (settings.open, settings.hosts, settings.queue) == (True, ("a.example", "b.example"), 7)


def test_every_setting_can_be_read():
    assert list(_READERS) == [field.name for field in dataclasses.fields(Settings)]


def test_a_key_for_a_server_is_never_shown():
    settings = load_settings(environ={"WARTA_API_KEY": "s3cret"})
    assert settings.api_key == "s3cret"
    assert "s3cret" not in repr(settings)
    with pytest.raises(ConfigError) as caught:
        load_settings(flags={"api_key": 53})
    assert "53" not in str(caught.value)


def test_a_model_writer_without_a_model_is_refused():
    with pytest.raises(ConfigError, match="no model"):
        load_settings(environ={"WARTA_WRITER": "generative"})
    with pytest.raises(ConfigError, match="Set both"):
        load_settings(environ={"WARTA_WRITER": "endpoint", "WARTA_MODEL": "qwen"})
