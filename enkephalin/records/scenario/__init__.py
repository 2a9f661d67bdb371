"""Scenario: the language in which a person writes what happens, and its way to the events of an engine.

Needs    units, shapes, catalog
Gives    ``grammar`` (a line to words), ``resolve`` (words to hours and nmol), ``clashes`` (what cannot happen
         together), ``slots`` (drugs to ligand slots), ``events`` (doses to regimens)
"""
