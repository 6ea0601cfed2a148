"""Both catalogues say the same things, and every text that the code asks for is there."""

from __future__ import annotations

import ast
import shutil
import string
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcflow import i18n
from kcflow.i18n import COUNTING, LANGUAGES, UnknownLanguage, catalogue, has, language, set_language, t
from kcflow.text import visible
from scripts import messages
from tests.catalogues import forms

ROOT = Path(__file__).parents[2]
TEXTS = {lang: forms(lang) for lang in LANGUAGES}

ASKING = {
    ("kcflow.i18n", "t"): (0, ""),
    ("kcflow.services.texts", "both"): (0, ""),
    ("kcflow.services.texts", "error_label"): (0, "errors."),
    ("kcflow.services.drafts", "_bad"): (1, "errors."),
    ("kcflow.commands.words", "both"): (0, "cli."),
    ("kcflow.commands.words", "say"): (1, "cli."),
    ("screens.forms.fields", "words"): (0, ""),
}
"""Functions that take a key: (which argument, what stands before it)."""


@pytest.fixture
def _restored_language() -> Iterator[None]:
    before = language()
    yield
    set_language(before)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def asked_of_the_caller(key: str) -> set[str]:
    """The placeholders that a call has to fill: those for keys fill themselves."""
    return {name for name in placeholders(TEXTS["vi"].get(key, ("",))[0]) if not name.startswith("key_")}


# -- the catalogues --------------------------------------------------------------------------


def test_the_catalogues_are_whole_compiled_and_used() -> None:
    assert messages.problems() == [], "run `make messages`, then fill in what it names"


def test_the_check_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(messages.LOCALE, tmp_path / "locale")
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(messages, "TEMPLATE", tmp_path / "locale" / "kcflow.pot")
    assert messages.problems() == []
    vi, en = messages.po_file("vi"), messages.po_file("en")
    vi.write_text(vi.read_text("utf-8") + '\nmsgid "zz.nobody"\nmsgstr "không ai hỏi"\n', "utf-8")
    en.write_text(en.read_text("utf-8").replace('msgstr "Basis: {basis}"', 'msgstr ""'), "utf-8")
    found = messages.problems()
    assert "en: zz.nobody is missing" in found
    assert "nothing asks for zz.nobody" in found
    assert "en: advance.basis has no text" in found
    assert "vi: kcflow.mo is stale" in found
    assert "kcflow.pot is stale" in found
    assert messages.main([]) == 1  # compiled anew, but a text and a use are still missing
    assert "vi: kcflow.mo is stale" not in messages.problems()


def test_both_languages_have_the_same_placeholders() -> None:
    for key in TEXTS["vi"]:
        kinds = {frozenset(placeholders(form)) for lang in LANGUAGES for form in TEXTS[lang][key]}
        assert len(kinds) == 1, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_texts_are_whole_and_plain(lang: str) -> None:
    for key, found in TEXTS[lang].items():
        for text in found:
            assert text.strip(), key
            assert visible(text, multiline=True) == text, key
            assert all(name.isidentifier() for name in placeholders(text)), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_end_like_sentences(lang: str) -> None:
    sentences = [key for key in TEXTS[lang] if key.startswith(("refusals.", "errors.", "reference."))]
    assert len(sentences) > 100
    for key in sentences:
        for text in TEXTS[lang][key]:
            assert text.endswith("."), key
            assert text[0] in "{“" or text[0].isupper(), key


def test_texts_with_plural_forms_name_the_number_that_chooses() -> None:
    plural = [key for key, found in TEXTS["en"].items() if len(found) > 1]
    assert plural
    assert [key for key in plural if not placeholders(TEXTS["en"][key][1]) & set(COUNTING)] == []


# -- what the code asks for ------------------------------------------------------------------


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def asking(file: str, tree: ast.Module) -> dict[str, tuple[int, str]]:
    """The names in a module that stand for a function of `ASKING`: its own, and those it imports."""
    here = file.removesuffix(".py").replace("/", ".")
    own = {name: where for (module, name), where in ASKING.items() if module == here}
    return own | {
        alias.asname or alias.name: ASKING[node.module or "", alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if (node.module or "", alias.name) in ASKING
    }


def constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def calls() -> Iterator[tuple[str, str, ast.Call, ast.expr]]:
    """(place, prefix, call, the argument that is the key) of every call that asks for a text."""
    for file, tree in sources("kcflow", "screens"):
        names = asking(file, tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                at, prefix = names[node.func.id]
                if len(node.args) > at:
                    yield f"{file}:{node.lineno}", prefix, node, node.args[at]


def test_every_text_that_is_asked_for_exists() -> None:
    asked = [(place, prefix + key) for place, prefix, _, arg in calls() for key in constants(arg)]
    assert asked
    assert [(place, key) for place, key in asked if not has(key, "vi")] == []


def test_every_computed_key_has_texts_of_its_kind() -> None:
    begun = [
        (place, prefix + arg.values[0].value)
        for place, prefix, _, arg in calls()
        if isinstance(arg, ast.JoinedStr)
        and isinstance(arg.values[0], ast.Constant)
        and isinstance(arg.values[0].value, str)
    ]
    assert begun
    assert [one for one in begun if not any(key.startswith(one[1]) for key in TEXTS["vi"])] == []


def test_every_placeholder_is_given() -> None:
    lacking = [
        (place, prefix + key, missing)
        for place, prefix, call, arg in calls()
        if all(keyword.arg for keyword in call.keywords)
        for key in constants(arg)
        if (missing := asked_of_the_caller(prefix + key) - {k.arg for k in call.keywords})
    ]
    assert lacking == []


def refusals() -> Iterator[tuple[str, set[str] | None]]:
    """(code, names of its parameters, None when they can't be told) of every refusal the rules can make."""
    for _, tree in sources("states"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id == "_refuse":
                for code in constants(node.args[0]) if node.args else ():
                    yield code, {keyword.arg for keyword in node.keywords if keyword.arg}
            elif node.func.id == "Refusal" and len(node.args) > 1:
                given = node.args[2] if len(node.args) > 2 else ast.Dict(keys=[], values=[])
                names: set[str] | None = None
                if isinstance(given, ast.Dict) and all(isinstance(key, ast.Constant) for key in given.keys):
                    names = {str(key.value) for key in given.keys if isinstance(key, ast.Constant)}
                for code in constants(node.args[1]):
                    yield code, names


def test_every_refusal_has_its_sentence() -> None:
    found = list(refusals())
    assert {"wrong_role", "mof_opinion_missing", "late_reason_required"} <= {code for code, _ in found}
    for code, names in found:
        assert has(f"refusals.{code}", "vi"), code
        text = t(f"refusals.{code}", "vi")
        assert names is None or placeholders(text) <= names, code


def test_every_error_of_the_store_has_its_sentence() -> None:
    tree = ast.parse((ROOT / "db" / "errors.py").read_text("utf-8"))
    codes = [
        str(node.value.value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        and isinstance(node.value, ast.Constant)
        and isinstance(target := node.targets[0] if isinstance(node, ast.Assign) else node.target, ast.Name)
        and target.id == "code"
    ]
    assert "store_busy" in codes
    assert [code for code in codes if not has(f"errors.{code}", "vi")] == []


# -- t ---------------------------------------------------------------------------------------


def test_t_fills_in_its_parameters() -> None:
    assert t("refusals.round_used", "vi", round=2).startswith("Đề án đã có trong đợt phân bổ 2:")
    assert t("refusals.round_used", "en", round=2).startswith(
        "The proposal already stands in allocation round 2:"
    )


def test_what_people_typed_stays_harmless() -> None:
    text = t("refusals.second_person", "vi", name="A\x1b[31m{round}\u202e[red]")
    assert text.startswith("A␛[31m{round}⟨202E⟩[red] đã")
    assert "\\" not in t("refusals.wrong_role", "vi", roles=Path("Sở\n"))
    assert "Sở␊" in t("refusals.wrong_role", "vi", roles=Path("Sở\n"))


def test_a_number_chooses_the_plural_form() -> None:
    assert t("form.days_ago", "en", days=1) == "1 day ago"
    assert t("form.days_ago", "en", days=2) == "2 days ago"
    assert t("form.days_ago", "vi", days=1) == t("form.days_ago", "vi", days=2).replace("2", "1")
    assert t("form.days_ago", "en", days="?") == "? days ago"  # a text is taken for many


def test_a_missing_text_or_parameter_never_fails() -> None:
    assert t("refusals.no_such_code") == "refusals.no_such_code"
    assert "{total}" in t("refusals.amount_over_total", "en", amount="1 ₫")


@pytest.mark.usefixtures("_restored_language")
def test_one_language_for_the_whole_process() -> None:
    set_language("en")
    heard: list[str] = []
    thread = threading.Thread(target=lambda: heard.append(t("refusals.round_required")))
    thread.start()
    thread.join()
    assert heard == [t("refusals.round_required", "en")]
    assert language() == "en"
    set_language("vi")
    assert t("refusals.round_required") == t("refusals.round_required", lang="vi") != heard[0]


@pytest.mark.parametrize("lang", ["fr", "", "../vi"])
def test_an_unknown_language_is_refused(lang: str) -> None:
    before = language()
    with pytest.raises(UnknownLanguage):
        set_language(lang)
    with pytest.raises(UnknownLanguage):
        catalogue(lang)
    assert language() == before


def test_catalogues_are_read_once() -> None:
    assert catalogue("vi") is catalogue("vi")
    assert i18n.catalogue.cache_info().hits > 0
