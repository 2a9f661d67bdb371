"""Equations as mathematicians write them: the text of a module as LaTeX.

Needs    statements of a module (compiler.text)
Gives    ``latex(statement)``, ``latex_function``, ``block``: a Markdown block that shows equations under one another
Leaves   what the symbols mean: see pages.py
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ...compiler.text import Function, Statement

KNOWN = {name: rf"\{name}" for name in ("exp", "ln", "cos", "sin", "tan", "tanh", "cosh", "sinh", "arctan")}
SIGNS = {ast.Add: " + ", ast.Sub: " - ", ast.Mult: r" \cdot "}
SUMS = (ast.Add, ast.Sub)


def latex(statement: Statement) -> tuple[str, str]:
    """The left and the right side of a sentence.

    >>> latex(Statement("rate", "x", "k*(a - x)/b", ""))[1]
    '\\\\frac{\\\\mathit{k} \\\\cdot \\\\left(\\\\mathit{a} - \\\\mathit{x}\\\\right)}{\\\\mathit{b}}'
    """
    name = _name(statement.target)
    left = {"rate": rf"\frac{{\mathrm{{d}}\,{name}}}{{\mathrm{{d}}t}}", "initial": rf"{name}(0)"}.get(
        statement.kind, name
    )
    return left, expression(statement.expression)


def latex_function(function: Function) -> tuple[str, str]:
    """The left and the right side of a shared shape."""
    arguments = ", ".join(map(_name, function.arguments))
    return rf"{_word(function.name)}\left({arguments}\right)", expression(function.expression)


def block(equations: Iterable[tuple[str, str]]) -> str:
    """Equations under one another, as a block of Markdown that is typeset where pages are shown."""
    lines = " \\\\\n".join(rf"{left} &= {right}" for left, right in equations)
    return f"```math\n\\begin{{aligned}}\n{lines}\n\\end{{aligned}}\n```\n"


def expression(text: str) -> str:
    """The right side of a sentence."""
    return _told(ast.parse(text.replace("^", "**").strip(), mode="eval").body)


def _told(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return _name(node.id)
    if isinstance(node, ast.UnaryOp):
        inner = _told(node.operand)
        return f"-{_bracketed(inner)}" if _is(node.operand, *SUMS) else f"-{inner}"
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        inner = ", ".join(map(_told, node.args))
        if node.func.id == "sqrt":
            return rf"\sqrt{{{inner}}}"
        return KNOWN.get(node.func.id, _word(node.func.id)) + _bracketed(inner)
    assert isinstance(node, ast.BinOp)
    return _joined(node)


def _joined(node: ast.BinOp) -> str:
    left, right = _told(node.left), _told(node.right)
    if isinstance(node.op, ast.Div):
        return rf"\frac{{{left}}}{{{right}}}"
    if isinstance(node.op, ast.Pow):
        base = left if isinstance(node.left, (ast.Name, ast.Constant)) else _bracketed(left)
        return f"{base}^{{{right}}}"
    if isinstance(node.op, ast.Mult):
        left = _bracketed(left) if _is(node.left, *SUMS) else left
        right = _bracketed(right) if _is(node.right, *SUMS) or isinstance(node.right, ast.UnaryOp) else right
    elif isinstance(node.op, ast.Sub) and _is(node.right, *SUMS):
        right = _bracketed(right)
    return left + SIGNS[type(node.op)] + right


def _is(node: ast.expr, *kinds: type[ast.operator]) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, kinds)


def _bracketed(text: str) -> str:
    return rf"\left({text}\right)"


def _name(name: str) -> str:
    if name == "time":
        return "t"
    return r"\pi" if name == "pi" else rf"\mathit{{{_plain(name)}}}"


def _word(name: str) -> str:
    return rf"\mathrm{{{_plain(name)}}}"


def _plain(name: str) -> str:
    return name.replace("_", r"\_")
