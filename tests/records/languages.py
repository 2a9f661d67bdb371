"""Scenarios made by chance, for tests that hold for every scenario.

Needs    hypothesis, the catalog
Gives    ``scenarios()``, ``written(lines)``
"""

from hypothesis import strategies as st

from enkephalin.records.catalog import KINDS
from enkephalin.records.checks import examine_document
from enkephalin.records.reader import document

# drug, amount in its unit (far below the largest dose), route by full word or abbreviation
DOSES = (
    ("morphine", "mg", 20, ("iv", "intravenous", "sc", "im", "oral", "po")),
    ("naltrexone", "mg", 50, ("oral", "po")),
    ("buprenorphine", "mg", 16, ("sl", "sublingual", "iv")),
    ("naloxone", "ug/kg", 20, ("iv", "im", "in")),
    ("methadone", "mg", 60, ("oral",)),
    ("clonidine", "ug", 200, ("oral",)),
    ("heroin", "nmol", 90_000, ("iv",)),
)
DAYS = 40
UNITS = {"h": 24, "d": 1, "min": 24 * 60}


def written(lines, **more):
    """A checked scenario from its lines, and its faults."""
    keys = {"id": "by_chance", "about": "A scenario made for a test.", "lasts": f"{DAYS} d", **more}
    text = "\n".join(f"{key}: {value}" for key, value in keys.items())
    text += "\nhappens:\n" + "".join(f"  - {line}\n" for line in lines) if lines else "\nhappens: []\n"
    return examine_document(document(text + "watch: [cows]\nevery: 1 h\n", "by_chance.yaml"), KINDS["scenario"])


@st.composite
def times(draw, first=0.0, last=DAYS - 1.0):
    """A time between two days, in a unit by chance."""
    name = draw(st.sampled_from(sorted(UNITS)))
    days = draw(st.floats(first, last, allow_nan=False))
    return f"{days * UNITS[name]:.3f} {name}"


@st.composite
def doses(draw):
    """One dose line."""
    drug, unit, most, routes = draw(st.sampled_from(DOSES))
    route = draw(st.sampled_from(routes))
    amount = draw(st.floats(most / 100, most).map(lambda number: f"{number:.4g}"))
    line = f"{drug} {amount} {unit} {route}"
    over = route in ("iv", "intravenous") and draw(st.booleans())
    if over:
        line += f" over {draw(st.integers(1, 50))} min"
    start = draw(st.integers(0, DAYS - 6))
    line += f" at {start + draw(st.floats(0, 0.9)):.3f} d"
    form = draw(st.sampled_from(("once", "count", "until")))
    if form == "count":
        count = draw(st.integers(1, 9))
        line += f" every {draw(st.integers(1, 12))} h x {count}"
        if count > 1 and draw(st.booleans()):
            line += f" except {draw(st.integers(1, count))}"
        if count > 1 and draw(st.booleans()):
            line += f" since -{draw(st.integers(40, 90))} d"
    if form == "until":
        line += f" every {draw(st.integers(1, 30))} h until {start + draw(st.integers(1, 5))} d"
    return line


@st.composite
def exposures(draw):
    """One exposure line."""
    word = draw(st.sampled_from(("stress", "pain", "rejection", "natural reward")))
    level = draw(st.sampled_from(("", " 0.5", " 150 %", " 2")))
    start = draw(st.floats(0, DAYS - 3).map(lambda days: round(days, 3)))
    if draw(st.booleans()):
        return f"{word}{level} from {start} d to {start + draw(st.integers(1, 60)) / 24:.4f} d"
    repeats = draw(st.sampled_from(("", " every 6 h x 3", " every 12 h until 39 d")))
    return f"{word}{level} for {draw(st.integers(1, 300))} min at {start} d{repeats}"


@st.composite
def others(draw):
    """A lasting change of the network, or a task."""
    time = f"{draw(st.floats(0, DAYS - 5).map(lambda days: round(days, 3)))} d"
    share = draw(st.integers(0, 100))
    forms = (f"network loss {share} %", f"network rebuild to {share} %", f"network {share} %", "task tsst")
    return f"{draw(st.sampled_from(forms))} at {time}"


def scenarios():
    """The lines of a scenario."""
    return st.lists(st.one_of(doses(), exposures(), others()), max_size=6)
