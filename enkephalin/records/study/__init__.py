"""Study: the language in which a person writes a study, and its way to an explicit form.

Needs    shapes, scenario, catalog
Gives    ``times`` (texts to hours), ``resolve`` (a study to hours and nmol), ``faults`` (what cannot work)
"""
