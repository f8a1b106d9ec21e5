"""Macros where they are printed: no call, and what is constant there becomes text.

A macro stays a macro where it would mean something else elsewhere, and where what it writes is not printed but passed
on. What stands in a macro can catch no name of the template that prints it, nor the other way about: its own names get
new ones, and where a name that it does not bind means something else at the place of printing, it is called.
"""

import copy
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final, TypeVar

from jinja2 import meta, nodes
from jinja2.visitor import NodeTransformer

MODULES: Final = {"ui": "ui.html"}  # the templates whose macros every other one may call, by the names they go by

# What moves nowhere: its names are told by where it stands.
_STAYS: Final = (nodes.Macro, nodes.CallBlock, nodes.Block, nodes.Import, nodes.FromImport, nodes.Include, nodes.NSRef)

_NUMBERS: Final = count(1)

N = TypeVar("N", bound=nodes.Node)
T = TypeVar("T")


class Macros(NodeTransformer):
    """The macros of one template, and of those that it imports."""

    def __init__(self, tree: nodes.Template, of: Callable[[str], "Macros"]) -> None:
        """Take the parsed template, and what finds the macros of another."""
        self._tree, self._of = tree, of
        self._context = nodes.EvalContext(tree.environment)  # type: ignore[arg-type] # parsed by one
        self._own = _only_once((macro.name, macro) for macro in tree.find_all(nodes.Macro))
        self._stay: set[str] = set()  # those that say two things by one name
        self._modules = MODULES | _only_once(_modules(tree))
        self._picked = _only_once(_picked(tree))
        self._bound = self._top = frozenset(_bound(_outside_macros(tree)))  # at the place that is looked at
        self._movables: dict[str, _Movable | None] = {}
        self._ready: dict[int, bool] = {}  # macros in which others have been put; False while that is being done

    def put_in(self) -> None:
        """Put them where the template prints them, and leave out what nothing needs any more."""
        self.visit(self._tree)
        while _without_unused(self._tree):
            pass

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        """Others in its body."""
        if id(node) not in self._ready:
            self._ready[id(node)] = False
            if _says_two_things(node):
                self._stay.add(node.name)
            outside, self._bound = self._bound, self._bound | _bound([node])
            node.body = self._all(node.body)
            self._bound = outside
            self._ready[id(node)] = True
        return node

    def visit_Output(self, node: nodes.Output) -> list[nodes.Node]:  # noqa: N802
        """What is printed, part by part."""
        return _joined(part for child in node.nodes for part in self._printed(child))

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node | list[nodes.Node]:  # noqa: N802
        """A macro that is given a block."""
        node.body = self._all(node.body)
        put = None if node.args else self._put(node.call, node.body)
        return node if put is None else put

    def visit_If(self, node: nodes.If) -> nodes.Node | list[nodes.Node]:  # noqa: N802
        """Only what may come true."""
        cases: list[nodes.If] = []
        otherwise = node.else_
        for case in (node, *node.elif_):
            truth = self._truth(case.test)
            if truth:
                otherwise = case.body
                break
            if truth is None:
                cases.append(_new(nodes.If(case.test, self._all(case.body), [], []), case))
        otherwise = self._all(otherwise)
        if not cases:
            return otherwise
        first, *cases[0].elif_ = cases
        first.else_ = otherwise
        return first

    def _all(self, body: Iterable[nodes.Node]) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        for node in body:
            done = self.visit(node)
            found += done if isinstance(done, list) else [done]
        return _joined(found)

    def _printed(self, value: nodes.Expr) -> list[nodes.Node]:
        if isinstance(value, nodes.Concat):
            return [part for one in value.nodes for part in self._printed(one)]
        if isinstance(value, nodes.CondExpr):
            otherwise = self._printed(value.expr2) if value.expr2 else []
            done = self.visit_If(_new(nodes.If(value.test, self._printed(value.expr1), [], otherwise), value))
            return done if isinstance(done, list) else [done]
        put = self._put(value, None) if isinstance(value, nodes.Call) else None
        return [_new(nodes.Output([value]), value)] if put is None else put

    def _truth(self, test: nodes.Node) -> bool | None:
        """Whether it holds, None where that is not known yet."""
        try:
            return bool(test.as_const(self._context)) if isinstance(test, nodes.Expr) else None
        except nodes.Impossible:
            return None

    def _put(self, call: nodes.Call, block: list[nodes.Node] | None) -> list[nodes.Node] | None:
        """What a call prints, None where the macro is called."""
        macro = self._meant(call.node)
        given = macro.given(call) if macro else None
        if macro is None or given is None or macro.takes_a_block is not (block is not None):
            return None
        number = next(_NUMBERS)
        moved: dict[str, nodes.Expr] = {name: nodes.Name(f"_{number}_{name}", "load") for name in macro.bound}
        moved |= {name: value for name, value in given.items() if macro.may_hold(name, value)}
        body = self._all(_Copies(moved, block).all(macro.body))
        kept = {f"_{number}_{name}": value for name, value in given.items() if moved[name] is not value}
        if not kept and not macro.stored:
            return body
        targets: list[nodes.Expr] = [nodes.Name(name, "param") for name in kept]
        return [_new(nodes.With(targets, list(kept.values()), body), call)]

    def _meant(self, called: nodes.Expr) -> "_Movable | None":
        """The macro that is called, if it means the same here as where it stands."""
        match called:
            case nodes.Name(name=name) if name in self._bound:
                return None
            case nodes.Name(name=name) if name in self._own:
                macro = self._movable(name)
                return macro if macro and not macro.free & self._bound else None
            case nodes.Name(name=name) if name in self._picked:
                template, original = self._picked[name]
                return self._of(template).lent(original, None, self)
            case nodes.Getattr(node=nodes.Name(name=module), attr=name) if self._knows(module):
                return self._of(self._modules[module]).lent(name, module, self)
            case _:
                return None

    def lent(self, name: str, alias: str | None, to: "Macros") -> "_Movable | None":
        """A macro for a template that calls this one `alias`, None where it would mean something else there."""
        macro = self._movable(name)
        if macro is None:
            return None
        siblings = {name for name in macro.free if name in self._own}
        others = macro.free - siblings
        if any(self._modules.get(name, "") != to.known(name) for name in others) or (
            siblings and (alias is None or alias in macro.bound)
        ):
            return None
        return macro.with_siblings(siblings, alias) if alias else macro

    def known(self, module: str) -> str | None:
        """The template that goes by a name at the place that is looked at."""
        return self._modules[module] if self._knows(module) else None

    def _knows(self, module: str) -> bool:
        return module in self._modules and module not in self._bound and module not in self._own

    def _movable(self, name: str) -> "_Movable | None":
        macro = self._own.get(name)
        if macro is None or self._ready.get(id(macro)) is False:  # it calls itself
            return None
        if name not in self._movables:
            within, self._bound = self._bound, self._top
            self.visit_Macro(macro)
            self._bound = within
            movable = None if name in self._stay else _Movable(macro)
            self._movables[name] = movable if movable and movable.moves else None
        return self._movables[name]


class _Movable:
    """A macro that may stand elsewhere: its own names, those that others tell it, and how often it says each."""

    def __init__(self, macro: nodes.Macro) -> None:
        self._macro, self.body = macro, macro.body
        every = _every(macro.body)
        names = [node for node in every if isinstance(node, nodes.Name)]
        self.stored = frozenset(name.name for name in names if name.ctx != "load")
        self.bound = self.stored | {argument.name for argument in macro.args}
        said = {name.name for name in names if name.ctx == "load"}
        self.free = frozenset(said - self.bound - {"caller", "loop"})  # what others must tell it; its loops are its own
        callers = sum(name.name == "caller" for name in names)
        self.takes_a_block = callers > 0
        self.moves = (
            not any(isinstance(node, _STAYS) for node in every)
            and self.free.isdisjoint({macro.name, "varargs", "kwargs"})
            and callers == _printed_callers(macro.body)
        )  # whether it may stand elsewhere
        self._uses = _uses(macro.body)
        self._elsewhere: dict[str, _Movable] = {}

    def with_siblings(self, siblings: Collection[str], alias: str) -> "_Movable":
        """As it stands in a template that calls its own one `alias`."""
        if not siblings:
            return self
        if alias not in self._elsewhere:
            named: dict[str, nodes.Expr] = {
                name: nodes.Getattr(nodes.Name(alias, "load"), name, "load") for name in siblings
            }
            self._elsewhere[alias] = copy.copy(self)
            self._elsewhere[alias].body = _Copies(named, None).all(self.body)
        return self._elsewhere[alias]

    def given(self, call: nodes.Call) -> dict[str, nodes.Expr] | None:
        """The value of each argument, None where that is told only when it is called."""
        names = [argument.name for argument in self._macro.args]
        if call.dyn_args or call.dyn_kwargs or len(call.args) > len(names):
            return None
        told = dict(zip(names, call.args, strict=False)) | {pair.key: pair.value for pair in call.kwargs}
        defaults = zip(reversed(names), reversed(self._macro.defaults), strict=False)
        given = {name: value for name, value in defaults if isinstance(value, nodes.Const)} | told
        return given if given.keys() == set(names) else None

    def may_hold(self, name: str, value: nodes.Expr) -> bool:
        """Whether an argument may stand where its name is said: it is no work, or is asked for once at most."""
        is_at_hand = isinstance(value, nodes.Const) or (isinstance(value, nodes.Name) and value.name != "loop")
        return name not in self.stored and (is_at_hand or self._uses[name] <= 1)


class _Copies:
    """Copies of nodes, with other expressions in the place of names, and a block where a macro prints its caller."""

    def __init__(self, moved: Mapping[str, Any], block: Sequence[nodes.Node] | None) -> None:
        """Take expressions, plain names in the place of those that are set, and the block that a macro is given."""
        self._moved, self._block = moved, block

    def all(self, body: Iterable[nodes.Node]) -> list[nodes.Node]:
        """Of each node of a body."""
        return [new for node in body for new in self._of_part(node)]

    def of(self, node: Any) -> Any:  # noqa: ANN401 - a node of the same kind, or what stands in its place
        """Of a node with all that is in it; a deep copy would take the environment along and ten times as long."""
        if isinstance(node, nodes.Name) and node.name in self._moved:
            instead = self._moved[node.name]
            new = _COPIES.of(instead) if node.ctx == "load" else nodes.Name(instead.name, node.ctx)
            return _new(new, node)
        new = object.__new__(type(node))
        new.__dict__.update(node.__dict__)
        for name in node.fields:
            value = new.__dict__.get(name)
            if isinstance(value, nodes.Node):
                new.__dict__[name] = self.of(value)
            elif isinstance(value, list):
                new.__dict__[name] = [one for part in value for one in self._of_part(part)]
        return new

    def _of_part(self, part: Any) -> Sequence[Any]:  # noqa: ANN401 - a node, or a text that a node lists
        if isinstance(part, nodes.Output) and self._block is not None:
            return self._printed(part, self._block)
        return (self.of(part) if isinstance(part, nodes.Node) else part,)

    def _printed(self, node: nodes.Output, block: Sequence[nodes.Node]) -> list[nodes.Node]:
        """What is printed, with the block where it belongs."""
        found: list[nodes.Node] = []
        for child in node.nodes:
            found += _COPIES.all(block) if _is_caller(child) else [_new(nodes.Output([self.of(child)]), node)]
        return _joined(found)


_COPIES: Final = _Copies({}, None)  # as they are


def _without_unused(tree: nodes.Template) -> bool:
    """Leaves out macros and imports whose names nobody says, and tells whether there were any: then more may be."""
    every = _every([tree])
    said = {node.name for node in every if isinstance(node, nodes.Name) and node.ctx == "load"}
    is_last = any(isinstance(node, nodes.Extends) for node in every)
    kept = set() if is_last else {id(node) for node in tree.body}  # others may import them
    unused = {id(node) for node in every if id(node) not in kept and _names_nothing_of(said, node)}
    for node in every if unused else ():
        for statements in (value for _, value in node.iter_fields() if isinstance(value, list)):
            statements[:] = [one for one in statements if id(one) not in unused]
    return bool(unused)


def _names_nothing_of(said: Collection[str], node: nodes.Node) -> bool:
    """Whether a macro or an import gives names, and none of these."""
    match node:
        case nodes.Macro(name=name) | nodes.Import(target=name):
            return name not in said
        case nodes.FromImport():
            return all(alias not in said for _, alias in _names(node))
        case _:
            return False


def _only_once(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """What has a name to itself."""
    found: dict[str, T] = {}
    twice = set()
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            twice.add(name)
    return {name: value for name, value in found.items() if name not in twice}


def _modules(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    for node in tree.find_all(nodes.Import):
        if template := _template(node):
            yield node.target, template


def _picked(tree: nodes.Template) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in tree.find_all(nodes.FromImport):
        if template := _template(node):
            yield from ((alias, (template, name)) for name, alias in _names(node))


def _template(node: nodes.Import | nodes.FromImport) -> str:
    """The name of the template whose macros know nothing of this page, "" of any other."""
    return str(node.template.value) if isinstance(node.template, nodes.Const) and not node.with_context else ""


def _names(node: nodes.FromImport) -> list[tuple[str, str]]:
    return [(one, one) if isinstance(one, str) else one for one in node.names]


def _outside_macros(node: nodes.Node) -> Iterator[nodes.Node]:
    """The names of a template that stand in no macro."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Name):
            yield child
        elif not isinstance(child, nodes.Macro):
            yield from _outside_macros(child)


def _every(found: Iterable[nodes.Node]) -> list[nodes.Node]:
    """Nodes, and all that is in them."""
    every = list(found)
    for node in every:  # it grows meanwhile
        every += node.iter_child_nodes()
    return every


def _bound(found: Iterable[nodes.Node]) -> frozenset[str]:
    return frozenset(node.name for node in _every(found) if isinstance(node, nodes.Name) and node.ctx != "load")


def _says_two_things(macro: nodes.Macro) -> bool:
    """Whether a name that a macro sets is that of something else there as well, as Jinja tells scopes."""
    stored, environment = _bound(macro.body), macro.environment
    if not stored or environment is None:
        return False
    alone = nodes.Template(_COPIES.all([macro]), lineno=1, environment=environment)
    return not stored.isdisjoint(meta.find_undeclared_variables(alone) | set(environment.globals))


def _printed_callers(body: Iterable[nodes.Node]) -> int:
    """How often a block is printed where it can stand: not in a loop, whose names it would see."""
    printed = 0
    for node in body:
        if isinstance(node, nodes.Output):
            printed += sum(map(_is_caller, node.nodes))
        elif not isinstance(node, nodes.For):
            printed += _printed_callers(node.iter_child_nodes())
    return printed


def _is_caller(node: nodes.Node) -> bool:
    match node:
        case nodes.Call(node=nodes.Name(name="caller"), args=[], kwargs=[], dyn_args=None, dyn_kwargs=None):
            return True
        case _:
            return False


def _uses(found: Iterable[nodes.Node]) -> Counter[str]:
    """How often each name is said at most; more than once in a loop."""
    uses: Counter[str] = Counter()
    rest = list(found)
    for node in rest:  # it grows meanwhile
        if isinstance(node, nodes.Name):
            uses[node.name] += 1
        elif isinstance(node, nodes.For):
            of_loop = _uses(node.iter_child_nodes())
            uses.update(of_loop + of_loop)
        elif isinstance(node, nodes.If):
            uses.update(_uses([node.test]))
            uses.update(_uses(node.body) | (_uses(node.elif_) + _uses(node.else_)))
        elif isinstance(node, nodes.CondExpr):
            uses.update(_uses([node.test]))
            uses.update(_uses([node.expr1]) | _uses([node.expr2] if node.expr2 else []))
        else:
            rest += node.iter_child_nodes()
    return uses


def _new(node: N, like: nodes.Node) -> N:
    node.lineno, node.environment = like.lineno, like.environment
    return node


def _joined(found: Iterable[nodes.Node]) -> list[nodes.Node]:
    """Statements, with neighbours that print made one."""
    joined: list[nodes.Node] = []
    for node in found:
        last = joined[-1] if joined else None
        if isinstance(node, nodes.Output) and isinstance(last, nodes.Output):
            last.nodes += node.nodes
        else:
            joined.append(node)
    return joined
