"""The examples in the docstrings of errors and records hold."""

import doctest
import importlib
import pkgutil

import pytest

import enkephalin.records

MODULES = ["enkephalin.errors"] + [
    module.name for module in pkgutil.walk_packages(enkephalin.records.__path__, "enkephalin.records.")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
