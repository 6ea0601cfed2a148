"""The settings file: read whatever it holds, written without losing anything."""

from __future__ import annotations

import os
import stat
from dataclasses import fields
from pathlib import Path

import pytest

from kcflow import config, settings
from kcflow.atomic import write_atomic
from kcflow.settings_schema import RULES, SECTIONS, Settings
from tests.catalogues import catalogue


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cấu hình" / "settings.toml"
    monkeypatch.setenv("KCFLOW_SETTINGS", str(path))
    monkeypatch.setattr("kcflow.config.state_dir", lambda: tmp_path / "state")
    return path


def put(file: Path, text: str | bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_no_file_means_defaults_and_nothing_to_say(file: Path) -> None:
    assert settings.load() == Settings()
    assert settings.load().problems == ()
    assert not file.exists()


def test_every_setting_has_its_words_in_both_languages() -> None:
    for lang in ("vi", "en"):
        known = catalogue(lang)
        for section in SECTIONS:
            assert f"settings.section.{section}" in known
        for rule in RULES.values():
            assert f"settings.{rule.key}.label" in known
            assert f"settings.{rule.key}.help" in known
            for choice in rule.choices:
                assert f"settings.{rule.key}.{choice}" in known or rule.key == "first_tab"


def test_every_default_is_allowed_and_the_schema_is_the_dataclass() -> None:
    assert {each.name for each in fields(Settings)} == {*RULES, "keys", "problems"}
    for rule in RULES.values():
        assert rule.accepts(rule.default)
        assert not rule.accepts(None)
        assert not rule.accepts([1])


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize(
    ("changes", "reads"),
    [
        ({"theme": "light"}, {"theme": "light"}),
        ({"mouse": False, "escape_delay": 100}, {"mouse": False, "escape_delay": 100}),
        ({"documents": 'C:\\giấy "tờ"\x7f'}, {"documents": 'C:\\giấy "tờ"\x7f'}),
        ({"keys": {"act": "x", "search": "comma,f3"}}, {"keys": {"act": "x", "search": "comma,f3"}}),
        ({"theme": "light", "keys": {}}, {"theme": "light", "keys": {}}),
    ],
)
def test_what_is_saved_is_read_back(changes: dict[str, object], reads: dict[str, object]) -> None:
    assert settings.save(changes) is None
    loaded = settings.load()
    assert loaded.problems == ()
    assert {key: getattr(loaded, key) for key in reads} == reads


def test_comments_order_and_unknown_lines_stay(file: Path) -> None:
    put(
        file,
        "# của tôi\n[look]\n# màu\ntheme = 'dark'  # tối\nlanguage = \"en\"\n\n[mine]\nx = 1 # y\n\n"
        '[keys]\nact = "x"\n',
    )
    settings.save({"theme": "contrast", "detail": False, "mouse": False})
    assert file.read_text() == (
        '# của tôi\n[look]\n# màu\ntheme = "contrast"  # tối\nlanguage = "en"\ndetail = false\n\n[mine]\n'
        'x = 1 # y\n\n[keys]\nact = "x"\n\n[terminal]\nmouse = false\n'
    )
    settings.save({"theme": None, "keys": {}})
    assert "theme" not in file.read_text()
    assert "# màu" in file.read_text()
    assert settings.load().theme == "dark"
    assert settings.load().keys == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[look]\ntheme = "tím"\n', "dòng 2: “look.theme” không nhận “tím”, chỉ nhận dark, light"),
        ("[terminal]\n\nmouse = 1\n", "dòng 3: “terminal.mouse” không nhận “1”, chỉ nhận true hoặc false"),
        ("[terminal]\nescape_delay = 0\n", "chỉ nhận số nguyên từ 1 đến 1000"),
        ("[terminal]\nescape_delay = true\n", "“terminal.escape_delay” không nhận “True”"),
        ("[look]\nnhạc = 1\n".replace("nhạc", '"nhạc"'), "dòng 2: không có mục “look.nhạc”"),
        ("[work]\ntheme = 'dark'\n", "dòng 2: không có mục “work.theme”"),
        ("[khac]\n", "dòng 1: không có mục “khac”"),
        ("[keys]\nact = 5\n", "dòng 2: “keys.act” phải là tên phím"),
        ("[look]\ntheme = \n", "sai cú pháp TOML ở dòng 2"),
        ("[look\n", "sai cú pháp TOML ở dòng 1"),
        (b"\xff\xfe", "UTF-8"),
        ("x = [" + "[" * 5000, "settings.toml"),
    ],
)
def test_what_is_wrong_is_named_and_never_fatal(file: Path, text: str | bytes, said: str) -> None:
    put(file, text)
    loaded = settings.load()
    assert loaded == Settings()
    assert len(loaded.problems) == 1
    assert said in loaded.problems[0].vi
    assert str(file) in loaded.problems[0].en


def test_one_wrong_line_does_not_cost_the_others(file: Path) -> None:
    put(file, '[look]\ntheme = "tím"\nlanguage = "en"\n[terminal]\nmouse = false\n')
    loaded = settings.load()
    assert (loaded.theme, loaded.language, loaded.mouse) == ("dark", "en", False)


def test_a_broken_file_is_kept_beside_the_new_one(file: Path) -> None:
    put(file, "[look\ntheme")
    backup = settings.save({"theme": "light"})
    assert backup is not None
    assert backup.read_text() == "[look\ntheme"
    assert settings.load() == Settings(theme="light")


def test_a_layout_that_lines_cannot_follow_is_written_whole_with_a_copy(file: Path) -> None:
    text = 'look = { theme = "light" }\n'
    put(file, text)
    backup = settings.save({"theme": "contrast"})
    assert backup is not None
    assert backup.read_text() == text
    assert settings.load().theme == "contrast"


def test_mode_and_link_stay(file: Path, tmp_path: Path) -> None:
    real = tmp_path / "thật.toml"
    real.write_text("")
    real.chmod(0o640)
    file.parent.mkdir()
    file.symlink_to(real)
    settings.save({"mouse": False})
    assert file.is_symlink()
    assert "mouse" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".tmp")] == []


def test_a_value_that_may_not_be_is_never_written(file: Path) -> None:
    with pytest.raises(ValueError, match="theme"):
        settings.save({"theme": "tím"})
    assert not file.exists()


def test_a_failed_write_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.save({"theme": "light"})
    before = file.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("kcflow.atomic.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        settings.save({"theme": "contrast"})
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_new_file_is_its_owner_s_only(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", b"x")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


@pytest.mark.usefixtures("file")
def test_the_order_arguments_environment_file_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KCFLOW_LANG", raising=False)
    assert config.Config.load().lang == "vi"
    settings.save({"language": "en"})
    assert config.Config.load().lang == "en"
    monkeypatch.setenv("KCFLOW_LANG", "vi")
    assert config.Config.load().lang == "vi"
    assert config.Config.load(lang="en").lang == "en"


@pytest.mark.usefixtures("file")
def test_lists_remember_their_columns(tmp_path: Path) -> None:
    assert settings.remembered("dossiers") == {}
    assert settings.remember("dossiers", {"columns": ["code", "tên"], "widths": {"code": 20}})
    assert settings.remember("inbox", {"order": "due"})
    assert settings.remembered("dossiers") == {"columns": ["code", "tên"], "widths": {"code": 20}}
    lists = tmp_path / "state" / "lists.json"
    lists.write_text("{broken")
    assert settings.remembered("dossiers") == {}
    assert (tmp_path / "state" / "lists.json.bad-1").read_text() == "{broken"
    assert settings.remember("inbox", {"order": "code"})
    assert settings.remembered("inbox") == {"order": "code"}


@pytest.mark.usefixtures("file")
def test_a_disk_that_refuses_costs_a_list_only_its_memory(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    assert not settings.remember("inbox", {"order": "due"})
    assert settings.remembered("inbox") == {}
