"""How templates become Python: as plainly as ours allow.

Jinja lets a template ask an attribute of what is not there, and call what wants its context. Ours never do. So an
attribute is Python's own and a call is a call; what is the same for the life of the process (addresses of files, the
brand) is worked out when a template is compiled; and a macro stands where it is printed (kit/inlined.py), so that what
is constant there becomes text.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from keyword import iskeyword
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

from portal.kit.inlined import Macros


class PlainEnvironment(Environment):
    """An environment whose templates become plain code."""

    def __init__(
        self,
        printed: Callable[[object], str],
        fixed: Mapping[str, object],
        harmless: Collection[str],
        **options: Any,  # noqa: ANN401 - as Jinja has them
    ) -> None:
        """Take what makes safe text of a value, names that always mean the same, and filters whose text is safe."""
        super().__init__(**options)
        self.code_generator_class = Plain
        self.printed, self.fixed, self.harmless = printed, fixed, harmless
        self.globals.update(fixed)
        self._homes: dict[str, Macros] = {}

    def prepared(self, tree: nodes.Template) -> nodes.Template:
        """A parsed template in which what always means the same has been worked out."""
        _PutFixedIn(self, tree).visit(tree)
        return tree

    def macros(self, name: str) -> Macros:
        """The macros of a template, for those that import it. Raises TemplateNotFound."""
        if name not in self._homes:
            source, filename, _ = self.loader.get_source(self, name)  # type: ignore[union-attr] # it has one
            self._homes[name] = Macros(self.prepared(self.parse(source, name, filename)), self.macros)
        return self._homes[name]


class Plain(CodeGenerator):
    """Writes the code of a template."""

    environment: PlainEnvironment

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """All of it."""
        Macros(self.environment.prepared(node), self.environment.macros).put_in()
        super().visit_Template(node, frame)

    def write_commons(self) -> None:
        """What every function begins with."""
        super().write_commons()
        self.writeline("printed = environment.printed")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """The body of a block as one piece: else every block and layout around it would hand on each of its own."""
        if frame.block is None or frame.buffer is not None:
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield ''.join({frame.buffer})")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        """Texts as they are, values as they are printed; all of it in one piece."""
        if frame.require_output_check and self.has_known_extends:
            return
        pieces = list(self._pieces(node, frame))
        if len(pieces) == 1:
            self.writeline(f"{frame.buffer}.append(" if frame.buffer else "yield ", node)
            self._print(pieces[0], frame)
            self.write(")" if frame.buffer else "")
        elif pieces:
            self._print_all(pieces, frame)

    def _print_all(self, pieces: Sequence[str | nodes.Expr], frame: Frame) -> None:
        self.writeline(f"{frame.buffer}.extend((" if frame.buffer else "yield ''.join((")
        self.indent()
        for piece in pieces:
            self.newline(None if isinstance(piece, str) else piece)
            self._print(piece, frame)
            self.write(",")
        self.outdent()
        self.writeline("))")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """An attribute; never an item of that name."""
        if iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802
        """A call, without a context."""
        if node.dyn_args or node.dyn_kwargs or any(iskeyword(pair.key) for pair in node.kwargs):
            super().visit_Call(node, frame, forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for given in (*node.args, *node.kwargs):
            self.visit(given, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:  # noqa: N802
        """Whether something is there is Python's own question."""
        if node.name != "none":
            super().visit_Test(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(" is None)")

    def _pieces(self, node: nodes.Output, frame: Frame) -> Iterator[str | nodes.Expr]:
        """What is printed, with all that is known already as text."""
        known: list[str] = []
        for child in node.nodes:
            try:
                known.append(self.environment.printed(child.as_const(frame.eval_ctx)))
            except nodes.Impossible:
                yield from _text(known)
                known = []
                yield child
        yield from _text(known)

    def _print(self, value: str | nodes.Expr, frame: Frame) -> None:
        if isinstance(value, str):
            self.write(repr(value))
            return
        is_harmless = isinstance(value, nodes.Filter) and value.name in self.environment.harmless
        self.write("" if is_harmless else "printed(")
        self.visit(value, frame)
        self.write("" if is_harmless else ")")


def _text(known: list[str]) -> list[str]:
    return [text] if (text := "".join(known)) else []


class _PutFixedIn(NodeTransformer):
    """Works out what is the same for the life of the process."""

    def __init__(self, environment: PlainEnvironment, tree: nodes.Template) -> None:
        self._environment = environment
        own = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
        self._fixed = {name: value for name, value in environment.fixed.items() if name not in own}

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802
        """A name that may be one of them."""
        return self._worked_out(node)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802
        """An attribute that may be of one of them."""
        done = self._worked_out(node)
        return self.generic_visit(node) if done is node else done

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        """A call whose answer may be one of them."""
        done = self._worked_out(node)
        return self.generic_visit(node) if done is node else done

    def _worked_out(self, node: nodes.Expr) -> nodes.Expr:
        try:
            value = self._value(node)
        except LookupError:
            return node
        if isinstance(value, str):
            value = value if hasattr(value, "__html__") else str(value)  # a member of an enumeration is its text
        elif value is not None and not isinstance(value, int):
            return node
        return nodes.Const(value, lineno=node.lineno, environment=self._environment)

    def _value(self, node: nodes.Node) -> Any:  # noqa: ANN401 - whatever it is
        match node:
            case nodes.Const():
                return node.value
            case nodes.Name(ctx="load"):
                return self._fixed[node.name]
            case nodes.Getattr():
                return getattr(self._value(node.node), node.attr)
            case nodes.Call(kwargs=[], dyn_args=None, dyn_kwargs=None):
                return self._value(node.node)(*map(self._value, node.args))
            case _:
                raise LookupError
