"""What a service's source says of its refusals: the functions that a handler reaches, and each `Refused(…)` in them."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ekkyo.store.declarations import taken

STATUS = {"Malformed": 400, "Unavailable": 503}
NOT_THERE = "There is nothing with this id."
"""What the store says of a document that is not there, for want of better words."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, order=True)
class Refusal:
    """One way to say no. detail: the text for people, with `…` for what it fills in."""

    code: str
    status: int
    detail: str


@dataclass
class Source:
    """The functions of one service, and what its store can refuse."""

    functions: list["Place"] = field(default_factory=list)
    imported: dict[str, set[str]] = field(default_factory=dict)
    """By module: the names that it imports."""
    comes_from: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    """By module and name there: the module that it is imported from, and its own name."""
    handlers: dict[str, "Place"] = field(default_factory=dict)
    stores: dict[str, "Stored"] = field(default_factory=dict)
    """By the alias that handlers annotate their collections with."""
    named: dict[str, list["Place"]] = field(default_factory=dict)
    """The functions by their name."""
    looked: dict[int, "Steps"] = field(default_factory=dict)
    """What was found in a function, which many handlers reach: by its `id`."""

    @classmethod
    def of(cls, package: Path) -> "Source":
        """Read all modules of a package."""
        source = cls()
        for path in sorted(package.rglob("*.py")):
            module = ".".join(path.relative_to(package).with_suffix("").parts)
            tree = ast.parse(path.read_text("utf-8"), str(path))
            source.functions += _functions(module, tree)
            imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
            source.imported[module] = {alias.asname or alias.name for node in imports for alias in node.names}
            source.comes_from[module] = {
                alias.asname or alias.name: ((node.module or "").partition(".")[2], alias.name)
                for node in imports
                for alias in node.names
            }
            if module == "store":
                source.stores = _stores(tree)
        for place in source.functions:
            source.named.setdefault(place.function.name, []).append(place)
            if message := _asked(place.function):
                source.handlers[message] = place
        return source

    def reached(self, start: "Place", fields: set[str]) -> set[Refusal]:
        """All refusals on the ways that lead from this handler of a message with these fields.

        That a value is taken already is refused only where the message brings one.
        """
        taken = {f"{name}_taken" for stored in self.stores.values() for name in stored.unique if name not in fields}
        return {refusal for refusal in self._from(start, set()) if refusal.code not in taken}

    def _from(self, place: "Place", seen: set[int]) -> Iterator[Refusal]:
        key = id(place.function)
        if key in seen:
            return
        seen.add(key)
        if key not in self.looked:
            self.looked[key] = list(self._inside(place, place.function.body))
        yield from self._along(self.looked[key], seen)

    def _along(self, steps: "Steps", seen: set[int]) -> Iterator[Refusal]:
        for step in steps:
            if isinstance(step, Refusal):
                yield step
            elif isinstance(step, Place):
                yield from self._from(step, seen)
            else:
                yield from (r for r in self._along(step.steps, seen) if not step.caught(r.code))

    def _inside(self, place: "Place", nodes: list[ast.stmt]) -> Iterator["Step"]:
        for node in nodes:
            for part in _without_tries(node):
                if isinstance(part, ast.Try):
                    yield Tried(_caught(part), list(self._inside(place, part.body)))
                    rest = [s for h in part.handlers for s in h.body] + part.orelse + part.finalbody
                    yield from self._inside(place, rest)
                    continue
                yield from raised_at(part, place.texts)
                yield from self._stored(place, part)
                yield from self._named(place, part)

    def _stored(self, place: "Place", part: ast.AST) -> Iterator[Refusal]:
        """What the store refuses when a document is changed or made."""
        if not isinstance(part, ast.Attribute) or part.attr not in ("change", "create", "entry", "entries"):
            return
        stored = self.stores.get(place.annotated.get(getattr(part.value, "id", ""), ""))
        if stored is None:
            return
        if part.attr == "change":
            yield Refusal(f"{stored.document}_not_found", 404, NOT_THERE)
        if part.attr in ("change", "create"):
            for name in stored.unique:
                yield Refusal(f"{name}_taken", 409, taken(name))

    def _named(self, place: "Place", part: ast.AST) -> Iterator["Place"]:
        """The functions of the service that a name stands for: by its module where one is named, else by the name."""
        if isinstance(part, ast.Name) and part.id not in place.local:
            here = [f for f in self.named.get(part.id, ()) if not f.method]
            own = [f for f in here if f.module == place.module]
            told = self._imported(part.id, place.module)
            yield from own or told or (here if part.id in self.imported[place.module] else [])
        elif isinstance(part, ast.Attribute):
            module = part.value.id if isinstance(part.value, ast.Name) else ""
            same = self.named.get(part.attr, [])
            told = self._imported(part.attr, f"{module}.__init__")
            inside = told or [f for f in same if not f.method and module in f.module.split(".")]
            yield from inside or [f for f in same if f.method]

    def _imported(self, name: str, module: str) -> list["Place"]:
        """The function that a module imports and has under this name, if any."""
        at, own = self.comes_from.get(module, {}).get(name, ("", ""))
        return [f for f in self.named.get(own, ()) if f.module == at and not f.method]


@dataclass(frozen=True)
class Place:
    """A function, where it stands, and what its parameters are annotated with."""

    module: str
    function: Function
    method: bool
    annotated: dict[str, str]
    local: frozenset[str]
    """The names of its parameters and variables."""
    texts: dict[str, str]
    """By variable or constant: the text that it holds."""


@dataclass(frozen=True)
class Tried:
    """The body of a `try`, and which codes do not leave it."""

    caught: Callable[[str], bool]
    steps: "Steps"


Step = Refusal | Place | Tried
Steps = list[Step]
"""What is found in a function, in its order: what it refuses, and the functions of the service that it names."""


@dataclass(frozen=True)
class Stored:
    """A collection: the name of its documents, and the names of its unique indexes."""

    document: str
    unique: tuple[str, ...]


def raised(tree: ast.AST) -> Iterator[Refusal]:
    """Every refusal that is made in a piece of source."""
    nodes = list(ast.walk(tree))
    texts = _texts(nodes)
    for node in nodes:
        yield from raised_at(node, texts)


def raised_at(node: ast.AST, texts: dict[str, str]) -> Iterator[Refusal]:
    """`Refused("code", "detail", status)` as it stands in the source. texts: what the variables in it hold."""
    if (
        not isinstance(node, ast.Call)
        or not isinstance(node.func, ast.Name)
        or node.func.id not in ("Refused", *STATUS)
    ):
        return
    named = {k.arg: k.value for k in node.keywords}
    if node.func.id == "Malformed":
        code = named.get("code", ast.Constant("malformed"))
        detail: ast.expr | None = node.args[0] if node.args else None
    elif node.func.id == "Unavailable":
        code, detail = ast.Constant("unavailable"), node.args[0] if node.args else None
    else:
        code, detail = node.args[0], node.args[1] if len(node.args) > 1 else named.get("detail")
    if not isinstance(code, ast.Constant):
        return
    status = node.args[2] if len(node.args) > 2 and node.func.id == "Refused" else named.get("status")
    given: Any = status.value if isinstance(status, ast.Constant) else STATUS.get(node.func.id)
    name = str(code.value)
    yield Refusal(name, int(given or (404 if name.endswith("_not_found") else 409)), _text(detail, texts))


def _texts(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """The texts that are assigned to names in some of these nodes."""
    assigned = [node for node in nodes if isinstance(node, (ast.Assign, ast.AnnAssign))]
    found = {}
    for node in assigned:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name) and (text := _text(node.value, {})):
            found[target.id] = text
    return found


def _text(detail: ast.expr | None, texts: dict[str, str]) -> str:
    if isinstance(detail, ast.Name):
        return texts.get(detail.id, "")
    if isinstance(detail, ast.Constant):
        return str(detail.value)
    if isinstance(detail, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in detail.values)
    return ""


def _functions(module: str, tree: ast.Module) -> Iterator[Place]:
    constants = _texts(tree.body)
    owners: list[ast.Module | ast.ClassDef] = [tree, *(n for n in ast.walk(tree) if isinstance(n, ast.ClassDef))]
    for owner in owners:
        for function in owner.body:
            if isinstance(function, Function):
                nodes = list(ast.walk(function))
                arguments = [node for node in nodes if isinstance(node, ast.arg)]
                annotated = {a.arg: a.annotation.id for a in arguments if isinstance(a.annotation, ast.Name)}
                stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
                local = frozenset(stored | {a.arg for a in arguments})
                yield Place(module, function, owner is not tree, annotated, local, constants | _texts(nodes))


def _asked(function: Function) -> str | None:
    """The class in a handler's decorator: `@router.subscriber(**asked(RegisterForEvent))`."""
    for decorator in function.decorator_list:
        for call in ast.walk(decorator):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "asked":
                [message] = call.args
                return message.attr if isinstance(message, ast.Attribute) else getattr(message, "id", None)
    return None


def _stores(tree: ast.Module) -> dict[str, Stored]:
    """From `events = Collection.of(Event, …, indexes=[…])` and `Events = Annotated[Collection[Event], …("events")]`."""
    made, found = {}, {}
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name, value = node.targets[0].id, node.value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "of":
            model = value.args[0]
            document = model.id if isinstance(model, ast.Name) else getattr(model, "attr", "")
            made[name] = Stored(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", document).lower(), tuple(_unique(value)))
        elif isinstance(value, ast.Subscript):
            for call in ast.walk(value):
                if isinstance(call, ast.Call) and isinstance(call.args[0], ast.Constant) and call.args[0].value in made:
                    found[name] = made[call.args[0].value]
    return found


def _unique(collection: ast.Call) -> Iterator[str]:
    for call in ast.walk(collection):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Index":
            named = {k.arg: k.value.value for k in call.keywords if isinstance(k.value, ast.Constant)}
            if named.get("unique"):
                yield str(named["name"])


def _without_tries(node: ast.AST) -> Iterator[ast.AST]:
    """What is inside, but not inside a `try`, which stands for itself."""
    yield node
    if not isinstance(node, ast.Try):
        for child in ast.iter_child_nodes(node):
            yield from _without_tries(child)


def _caught(node: ast.Try) -> Callable[[str], bool]:
    """Which codes do not leave a `try`: all, or those that its handler names before it raises the others again."""
    handlers = [
        h for h in node.handlers if "Refused" in {n.id for n in ast.walk(h.type or h) if isinstance(n, ast.Name)}
    ]
    if not handlers:
        return lambda code: False
    again = any(isinstance(n, ast.Raise) and n.exc is None for h in handlers for n in ast.walk(h))
    named = {n.value for h in handlers for n in ast.walk(h) if isinstance(n, ast.Constant)}
    return lambda code: not again or code in named
