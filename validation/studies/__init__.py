"""Studies: what every shipped study would find in every body, and which bodies it cannot tell apart.

Needs    enkephalin.trial; results/studies, where finished work is kept
Gives    ``python -m validation.studies [STUDY ...]``: docs/studies.md
Leaves   published sizes of effects: see validation/targets
"""
