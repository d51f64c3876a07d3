"""Which service hears what: a diagram made from the contracts and from the reactions' source, nothing running."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ekkyo.contracts import COMMANDS, FACTS, OWNERS, QUESTIONS
from ekkyo.contracts.base import Fact, name_of, owner_of


@dataclass(frozen=True)
class Reaction:
    """One reaction of a service to facts, or to a timer that is due."""

    service: str
    name: str
    hears: tuple[str, ...]
    """Names of facts, `events.published`."""
    does: str
    timer: bool = False


def reactions(services: Path) -> list[Reaction]:
    """All reactions of the services in this folder, read from `told(…)` and `due(…)` in their source."""
    found: list[Reaction] = []
    for service in sorted(OWNERS):
        package = services / service / f"ekkyo_{service}"
        for path in sorted([*package.glob("reactions.py"), *package.glob("reactions/**/*.py")]):
            found += _of_file(service, ast.parse(path.read_text("utf-8"), str(path)))
    return found


def _of_file(service: str, tree: ast.Module) -> Iterator[Reaction]:
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for function in ast.walk(tree):
        if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef):
            for decorator in function.decorator_list:
                for call in ast.walk(decorator):
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                        yield from _reaction(service, function, call, constants)


def _reaction(
    service: str, function: ast.AsyncFunctionDef | ast.FunctionDef, call: ast.Call, constants: dict[str, ast.expr]
) -> Iterator[Reaction]:
    assert isinstance(call.func, ast.Name)
    does = (ast.get_docstring(function) or "").split("\n")[0]
    if call.func.id == "due":
        yield Reaction(service, function.name, (), does, timer=True)
    if call.func.id == "told":
        named = {k.arg: ast.literal_eval(k.value) for k in call.keywords if isinstance(k.value, ast.Constant)}
        facts = dict.fromkeys(f for a in call.args for name in _names(a, constants) for f in _facts(name))
        yield Reaction(service, str(named.get("name", function.name)), tuple(facts), does)


def _names(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """Class names in an argument: a name, `module.Name`, `*NAMES`, or a tuple or list of them."""
    if isinstance(node, ast.Starred):
        yield from _names(node.value, constants)
    elif isinstance(node, ast.Tuple | ast.List):
        for element in node.elts:
            yield from _names(element, constants)
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Name):
        if node.id in constants:
            yield from _names(constants[node.id], constants)
        else:
            yield node.id


def _facts(name: str) -> list[str]:
    """The facts that a class of the contracts stands for: itself, or all that derive from it."""
    bases = [vars(module)[name] for module in OWNERS.values() if name in vars(module)]
    found = [name_of(f) for f in FACTS.values() if bases and issubclass(f, bases[0])]
    if not found or not issubclass(bases[0], Fact):
        raise ValueError(f"told({name}): no fact of the contracts")
    return found


def flow(services: Path) -> str:
    """docs/flow.md."""
    found = reactions(services)
    told = [r for r in found if not r.timer]
    lines = [
        "# Who tells whom",
        "",
        "Made from the contracts and the services' reactions by `make docs`; edit those, not this.",
        "",
        "```mermaid",
        "flowchart LR",
        '  outside(["members, leaders, other systems"])',
        *(f'  {owner}["{owner}"]' for owner in OWNERS),
        *(f'  outside -- "{_asked(owner)}" --> {owner}' for owner in OWNERS),
        *_edges(told),
        "```",
        "",
        "## Reactions",
        "",
        "| service | reaction | hears | what it does |",
        "| --- | --- | --- | --- |",
        *(f"| {r.service} | {r.name} | {_hears(r)} | {r.does} |" for r in found),
        "",
        "## Facts",
        "",
        "| fact | says | heard by |",
        "| --- | --- | --- |",
        *(_fact_row(fact, told) for fact in FACTS.values()),
        "",
    ]
    return "\n".join(lines)


def _asked(owner: str) -> str:
    commands = sum(owner_of(m) == owner for m in COMMANDS.values())
    questions = sum(owner_of(m) == owner for m in QUESTIONS.values())
    return f"{_count(commands, 'command')}, {_count(questions, 'question')}"


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def _edges(told: list[Reaction]) -> Iterator[str]:
    pairs: dict[tuple[str, str], dict[str, None]] = {}
    for reaction in told:
        for fact in reaction.hears:
            owner, _, name = fact.partition(".")
            pairs.setdefault((owner, reaction.service), {})[name] = None
    for (owner, service), names in sorted(pairs.items()):
        yield f'  {owner} -- "{"<br/>".join(names)}" --> {service}'


def _hears(reaction: Reaction) -> str:
    return "its timer" if reaction.timer else ", ".join(f"`{fact}`" for fact in reaction.hears)


def _fact_row(fact: type[Fact], told: list[Reaction]) -> str:
    name = name_of(fact)
    heard = dict.fromkeys(r.service for r in told if name in r.hears)
    says = (fact.__doc__ or "").split("\n")[0]
    return f"| `{name}` | {says} | {', '.join(heard) or 'other systems'} |"
