"""A lint over syntax trees: text from people never reaches a place where Textual reads markup.

Tried on Textual 8: `[@click=…]` in a title runs an action in 13 kinds of widget, `[/b]` ends the
application, and `escape()` is no defence. What stays is `Content`, `markup=False`, and this.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

WIDGETS = frozenset(
    {
        *("Button", "Checkbox", "DataTable", "Input", "Label", "OptionList", "ProgressBar"),
        *("Select", "SelectionList", "Static", "TextArea"),
    }
)
"""Widgets whose ways to read markup this lint knows. Judge another one before adding it here."""
BODIES = frozenset({"Static", "Label"})
"""Widgets that keep parsing what `update` brings unless they were made with markup=False."""
LABELLED = frozenset({"Button", "Checkbox", "Option", "Selection"})
"""Made with one text that is parsed."""
LISTS = frozenset({"Select", "SelectionList", "Choice", "set_options"})
"""Made with many texts that are parsed."""
CELLS = frozenset({"add_column", "add_columns", "add_row", "add_rows", "update_cell"})
"""Ways of a `DataTable`, which parses every text: each argument must be Text."""
TITLES = frozenset({"border_title", "border_subtitle", "tooltip"})
PARSED_BY_NOBODY = frozenset({"Content", "Text", "Hanging"})
"""What is drawn as it is: Textual's Content, rich's Text, and our own visual made of Content."""
SAFE_TYPES = re.compile(rf"\b({'|'.join(sorted(PARSED_BY_NOBODY))})\b")
MARKUP_MODULES = frozenset({"textual.markup", "rich.markup"})


@dataclass(frozen=True, order=True)
class Finding:
    """One place where a text could be taken for markup."""

    file: str
    line: int
    rule: str


@dataclass
class Known:
    """Functions of the linted modules, as (module, name): those that return only Content, and the others."""

    content: set[tuple[str, str]] = field(default_factory=set)
    other: set[tuple[str, str]] = field(default_factory=set)

    def read(self, module: str, tree: ast.Module) -> None:
        """Take the annotations of every function in `tree`."""
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                made = ast.unparse(node.returns) if node.returns else ""
                safe = SAFE_TYPES.search(made) and "str |" not in made and "| str" not in made
                (self.content if safe else self.other).add((module, node.name))

    def gives_content(self, name: str, module: str | None) -> bool:
        """Whether every function called `name` (in `module`, if it is known) returns Content."""

        def there(found: set[tuple[str, str]]) -> bool:
            return any(each == name and module in (None, where) for where, each in found)

        return there(self.content) and not there(self.other)


def _name(call: ast.expr) -> str:
    """The last name of what is called: `Content.assemble` is "assemble", `a.b()` is "b"."""
    if isinstance(call, ast.Subscript):
        call = call.value
    return call.attr if isinstance(call, ast.Attribute) else call.id if isinstance(call, ast.Name) else ""


def _roots_in(call: ast.expr, names: frozenset[str]) -> bool:
    return isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and call.value.id in names


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in call.keywords if word.arg == name), None)


def _plain(call: ast.Call) -> bool:
    value = _keyword(call, "markup")
    return isinstance(value, ast.Constant) and value.value is False


class Linter:
    """Lints one module; `known` has been fed with all of them."""

    def __init__(self, file: str, tree: ast.Module, known: Known) -> None:
        self.file, self.tree, self.known = file, tree, known
        self.from_textual = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual.widgets")
            for alias in node.names
        }

        self.modules = {
            alias.asname or alias.name: f"{node.module}.{alias.name}".replace(".", "/") + ".py"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def findings(self) -> Iterator[Finding]:
        """Every place that breaks a rule."""
        scopes = [n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        inner = {id(node) for scope in scopes for node in ast.walk(scope) if node is not scope}
        for node in ast.walk(self.tree):
            if id(node) not in inner:
                yield from self._node(node, self.tree)
        for scope in scopes:
            for node in ast.walk(scope):
                if node is not scope:
                    yield from self._node(node, scope)

    def _found(self, node: ast.AST, rule: str) -> Finding:
        return Finding(self.file, getattr(node, "lineno", 0), rule)

    def _node(self, node: ast.AST, scope: ast.AST) -> Iterator[Finding]:
        if isinstance(node, ast.ImportFrom):
            yield from self._import(node)
        elif isinstance(node, ast.ClassDef):
            yield from self._class(node)
        elif isinstance(node, ast.Call):
            yield from self._call(node, scope)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if _is_title(target) and not self.safe(node.value, scope):
                    yield self._found(node, "title or tooltip that is not Content")
        elif isinstance(node, ast.Attribute) and node.attr == "markup" and isinstance(node.ctx, ast.Load):
            yield self._found(node, "Content turned back into markup")

    def _import(self, node: ast.ImportFrom) -> Iterator[Finding]:
        if node.module in MARKUP_MODULES:
            yield self._found(node, "markup module: escape() is no defence")
        if node.module == "textual.widgets":
            for alias in node.names:
                if alias.name not in WIDGETS:
                    yield self._found(node, f"widget {alias.name} that nobody has judged")

    def _class(self, node: ast.ClassDef) -> Iterator[Finding]:
        if any(self.from_textual.get(_name(base)) in BODIES for base in node.bases):
            yield self._found(node, "widget made of Static: render Content instead")
        for item in node.body:
            if isinstance(item, ast.FunctionDef) and item.name == "render":
                annotated = ast.unparse(item.returns) if item.returns else "str"
                if "str" in annotated or any(self._is_text(leaf) for leaf in _returned(item)):
                    yield self._found(item, "render() that returns str")

    def _call(self, node: ast.Call, scope: ast.AST) -> Iterator[Finding]:
        name = _name(node.func)
        if name == "escape" and not _roots_in(node.func, frozenset({"re", "html", "glob"})):
            yield self._found(node, "escape() is no defence")
        elif name == "from_markup":
            if not (node.args and _literal(node.args[0])):
                yield self._found(node, "from_markup of something built")
        elif name == "notify" and not _plain(node):
            yield self._found(node, "notify() without markup=False")
        elif self.from_textual.get(name) in BODIES and not _plain(node):
            yield self._found(node, f"{name} without markup=False")
        elif name in LABELLED and name in self.from_textual:
            text = node.args[0] if node.args else _keyword(node, "label") or _keyword(node, "prompt")
            if text is not None and not self.safe(text, scope):
                yield self._found(node, f"{name} of something that is not Content")
        elif name in LISTS and node.args and not self.safe(node.args[0], scope):
            yield self._found(node, f"{name} of something that is not Content")
        elif name in CELLS and not all(self.safe(each, scope) for each in node.args):
            yield self._found(node, f"{name} of something that is not Text")

    def _is_text(self, leaf: ast.expr) -> bool:
        if isinstance(leaf, ast.Constant):
            return isinstance(leaf.value, str)
        texts = {"t", "literal", "fit", "visible", "str", "sentence", "join", "format"}
        return isinstance(leaf, ast.JoinedStr) or (isinstance(leaf, ast.Call) and _name(leaf.func) in texts)

    def _module(self, call: ast.expr) -> str | None:
        """The linted module of `parts.line` after `from screens import … as parts`."""
        if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name):
            return self.modules.get(call.value.id)
        return None

    def safe(self, value: ast.expr, scope: ast.AST, depth: int = 0) -> bool:
        """Whether `value` is Content, or a text of our own that holds no markup."""
        if isinstance(value, ast.Starred):
            return self.safe(value.value, scope, depth)
        if isinstance(value, ast.Constant):
            return value.value is None or (isinstance(value.value, str) and "[" not in value.value)
        if isinstance(value, ast.ListComp):
            return self.safe(value.elt, scope, depth)
        if isinstance(value, ast.IfExp):
            return self.safe(value.body, scope, depth) and self.safe(value.orelse, scope, depth)
        if isinstance(value, ast.Call):
            name = _name(value.func)
            if name == "t":  # our own catalogue text, nothing put into it
                return len(value.args) <= 2 and not value.keywords
            if _roots_in(value.func, frozenset({"Content"})):
                return name not in {"from_markup", "from_text"} or _literal(value.args[0])
            return name in PARSED_BY_NOBODY or self.known.gives_content(name, self._module(value.func))
        if isinstance(value, ast.Name) and depth < 3:
            given = list(_assigned(value.id, scope))
            return bool(given) and all(self.safe(each, scope, depth + 1) for each in given)
        return False


def _is_title(target: ast.expr) -> bool:
    """Whether what is assigned to is parsed: a title, a tooltip, the label of a widget just looked up."""
    if not isinstance(target, ast.Attribute):
        return False
    return target.attr in TITLES or (target.attr == "label" and isinstance(target.value, ast.Call))


def _literal(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _returned(function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            waiting = [node.value]
            while waiting:
                leaf = waiting.pop()
                if isinstance(leaf, ast.IfExp):
                    waiting += [leaf.body, leaf.orelse]
                else:
                    yield leaf


def _assigned(name: str, scope: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            yield value


def lint(sources: Iterable[tuple[str, str]]) -> list[Finding]:
    """Return every finding in `sources` ((file name, text) pairs), in order."""
    trees = [(file, ast.parse(text)) for file, text in sources]
    known = Known()
    for file, tree in trees:
        known.read(file, tree)
    return sorted({found for file, tree in trees for found in Linter(file, tree, known).findings()})
