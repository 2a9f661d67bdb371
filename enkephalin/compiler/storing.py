"""A built model as bytes and back, so that the next start need not build it.

Needs    ``model.Model``
Gives    ``to_bytes``, ``from_bytes``; rows are unpacked only when somebody asks for them
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from enkephalin.compiler.model import Model
from enkephalin.compiler.patches import Applied
from enkephalin.compiler.text import Function, Statement

if TYPE_CHECKING:
    from enkephalin.records.shapes.parameter import ParameterRow


class StoredRows(Mapping[str, "ParameterRow"]):
    """Flat name -> row, each made when it is first asked for: the shapes take longer to load than a model."""

    def __init__(self, table: list[dict[str, Any]], index: dict[str, int]) -> None:
        self._table, self._index = table, index
        self._made: dict[int, ParameterRow] = {}

    def __getitem__(self, name: str) -> ParameterRow:
        number = self._index[name]
        if number not in self._made:
            from enkephalin.records.shapes.parameter import ParameterRow

            self._made[number] = ParameterRow.model_validate(self._table[number], strict=False)
        return self._made[number]

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)


def to_bytes(model: Model) -> bytes:
    """A model as JSON."""
    table: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    index: dict[str, int] = {}
    for name, row in model.rows.items():
        if row.at not in places:
            places[row.at] = len(table)
            table.append(row.model_dump(mode="json"))
        index[name] = places[row.at]
    content = {
        "name": model.name,
        "sbml": model.sbml,
        "parameters": dict(model.parameters),
        "table": table,
        "rows": index,
        "states": model.states,
        "rules": model.rules,
        "inputs": model.inputs,
        "units": dict(model.units),
        "slots": model.slots,
        "structure_digest": model.structure_digest,
        "digest": model.digest,
        "statements": [list(asdict(statement).values()) for statement in model.statements],
        "functions": [list(asdict(function).values()) for function in model.functions],
        "patches": [list(asdict(patch).values()) for patch in model.patches],
        "records": model.records,
        "biology": model.biology,
    }
    return json.dumps(content).encode()


def from_bytes(raw: bytes) -> Model:
    """The model that ``to_bytes`` wrote."""
    content = json.loads(raw)
    return Model(
        name=content["name"],
        sbml=content["sbml"],
        parameters=content["parameters"],
        rows=StoredRows(content["table"], content["rows"]),
        states=tuple(content["states"]),
        rules=tuple(content["rules"]),
        inputs=tuple(content["inputs"]),
        units=content["units"],
        slots=tuple(content["slots"]),
        structure_digest=content["structure_digest"],
        digest=content["digest"],
        statements=tuple(Statement(*statement) for statement in content["statements"]),
        functions=tuple(
            Function(name, tuple(arguments), expression, place)
            for name, arguments, expression, place in content["functions"]
        ),
        patches=tuple(Applied(*patch) for patch in content["patches"]),
        records=tuple(content["records"]),
        biology=content["biology"],
    )
