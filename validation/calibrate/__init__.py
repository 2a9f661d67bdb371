"""Calibration: values of the body fitted to the building targets, in the open.

Needs    a record of validation/calibrations (what is free, with which prior; which groups of targets)
Gives    ``python -m validation.calibrate [ID]``: docs/calibration_report.md and, with ``--write``, the tables
Leaves   targets of use ``verification``: no fit reads them
"""
