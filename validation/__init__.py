"""Validation: the model against published findings.

Needs    the installed package; targets/*.yaml, each with claim, run, read-out, band and source
Gives    ``python -m validation``: docs/validation.md (the scorecard) and docs/pictures/validation_*.svg;
         test_targets.py: one test for each target
Leaves   fitting: a target of use ``building`` was seen by whoever chose the values, one of ``verification`` was not
"""
