"""Kernels: the integrators. The only room allowed to be clever.

Needs    errors, records, compiler
Gives    two engines with one signature, ``roadrunner.run`` and ``population.run``; ``events.EventTable``
"""
