"""Published: results of real studies, sought by the shipped studies with their own people, instruments and analysis.

Needs    enkephalin.trial; findings.yaml
Gives    ``python -m validation.published [STUDY ...]``: docs/published_studies.md
Leaves   what the body does without instruments: see validation/targets
"""
