"""Code for a processor of another family is generated here as well, and needs no outside function there."""

from __future__ import annotations

import re

import llvmlite.binding as llvm
import pytest
from helpers import sbml_of

from enkephalin.compiler.emit_control import Control
from enkephalin.compiler.emit_model import Model
from enkephalin.compiler.emit_step import Step
from enkephalin.compiler.layout import Layout
from enkephalin.compiler.lower import Lowering
from enkephalin.compiler.system import build_system
from enkephalin.compiler.tableau import RODAS5P
from enkephalin.compiler.target import Target
from enkephalin.compiler.vector import Writer

TEXT = """model m()
  x = 1; n = 1.7; y = 0; x' = -x^n + exp(-y) + cos(time) + sqrt(x + 1); y' = ln(x + 1) - max(y, 0.1); end"""
OWN = re.compile(r"v_\w+|rates|jacobian|factor|solve|step|accept|between|setup|start|sample|flush|take|fail|instant")


@pytest.mark.parametrize("single", [False, True], ids=["float64", "float32"])
def test_code_for_arm_is_complete(single: bool) -> None:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    triple = "aarch64-unknown-linux-gnu"
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu="cortex-a76", opt=2)
    target = Target("neon", lanes=4 if single else 2, single=single, fused=True, cpu="", features="")
    system = build_system(Lowering(sbml_of(TEXT)))
    layout = Layout(system, RODAS5P)
    writer = Writer(target)
    Model(writer, system).write()
    Step(writer, system, RODAS5P, layout).write()
    for text in (writer.text(), Control(target, system, RODAS5P, layout).text()):
        module = llvm.parse_assembly(text)
        module.triple, module.data_layout = triple, str(machine.target_data)
        module.verify()
        called = set(re.findall(r"\bbl\s+(\S+)", machine.emit_assembly(module)))
        assert not [name for name in called if not OWN.fullmatch(name)]
