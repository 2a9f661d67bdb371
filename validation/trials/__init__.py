"""Trials under the null: do analyses err as often as they should, and do their intervals hold what they should?

Needs    the installed package; *.yaml, studies whose arms are the same
Gives    ``python -m validation.trials``: docs/power_check.md
         test_many.py: the fast twins agree with the analyses themselves
Leaves   what studies find: see enkephalin/catalog/studies

many.py     the analyses once more, for many data sets at a time
banks.py    people of a bank, measured anew, many data sets at a time
checks.py   shares of errors, their limits, and what is asked of them
"""
