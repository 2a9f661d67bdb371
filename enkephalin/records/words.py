"""Words of the languages that users write: routes and their abbreviations, and what may stand beside them.

Needs    nothing
Gives    ``ROUTES``, ``ABBREVIATIONS``, ``OVER_TIME``, ``DEPOTS``
Leaves   exposures, which are data: see catalog/exposures.yaml
"""

ROUTES = (
    "oral",
    "oral_er",
    "intravenous",
    "intramuscular",
    "auto_injector",
    "subcutaneous",
    "sublingual",
    "sublingual_film",
    "intranasal",
    "transdermal",
    "xr_im",
    "weekly_sc",
    "monthly_sc",
    "implant_sc",
)
ABBREVIATIONS = {
    "po": "oral",
    "iv": "intravenous",
    "im": "intramuscular",
    "sc": "subcutaneous",
    "sl": "sublingual",
    "in": "intranasal",
    "td": "transdermal",
}
# Routes along which a dose can be spread over a time of the author's choice.
OVER_TIME = ("intravenous", "subcutaneous", "transdermal")
# Routes by which one injection lasts for weeks.
DEPOTS = ("xr_im", "weekly_sc", "monthly_sc", "implant_sc")
