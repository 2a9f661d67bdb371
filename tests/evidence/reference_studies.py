"""Raw numbers of the field's standard data sets, as their papers print them, and the published results of pooling them.

BCG            Colditz 1994, JAMA 271:698; thirteen trials of a vaccine against tuberculosis (counts)
LIDOCAINE      Hine 1989, Arch Intern Med 149:2694; Normand 1999, Stat Med 18:321 (counts)
STROKE_WARD    Normand 1999, Table V; days in hospital, spread pooled over both arms (means)
EXPECTANCY     Raudenbush 1985 and 2009, Table 16.1; teachers' expectations and pupils' IQ (given effects)
ADHERENCE      Molloy 2014, Ann Behav Med 47:92; conscientiousness and taking one's medicines (correlations)
CATHETER       Niel-Weise 2007; Stijnen 2010, Stat Med 29:3046, Table II; infections (proportions, empty cells)
PASSIVE_SMOKE  Hackshaw 1998, Stat Methods Med Res 7:119; first nine cohort and case-control studies (ratios)
"""

from __future__ import annotations

from typing import Any

BCG: dict[str, Any] = {
    "study": [
        "Aronson 1948", "Ferguson 1949", "Rosenthal 1960", "Hart 1977", "Frimodt-Moller 1973", "Stein 1953",
        "Vandiviere 1973", "TPT Madras 1980", "Coetzee 1968", "Rosenthal 1961", "Comstock 1974", "Comstock 1969",
        "Comstock 1976",
    ],
    "ai": [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
    "bi": [119, 300, 228, 13536, 5036, 1361, 2537, 87886, 7470, 1699, 50448, 2493, 16886],
    "ci": [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
    "di": [128, 274, 209, 12619, 5761, 1079, 619, 87892, 7232, 1600, 27197, 2338, 17825],
    "latitude": [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33],
}  # fmt: skip

LIDOCAINE: dict[str, Any] = {
    "study": ["Chopra", "Mogensen", "Pitt", "Darby", "Bennett", "O'Brien"],
    "n1i": [39, 44, 107, 103, 110, 154],
    "n2i": [43, 44, 110, 100, 106, 146],
    "ai": [2, 4, 6, 7, 7, 11],
    "ci": [1, 4, 4, 5, 3, 4],
}

_SD = ([47, 7, 17, 20, 8, 7, 45, 16, 27], [64, 4, 29, 48, 11, 4, 34, 27, 20])
_N = ([155, 31, 75, 18, 8, 57, 34, 110, 60], [156, 32, 71, 18, 13, 52, 33, 183, 52])
_POOLED = [
    (((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2)) ** 0.5 for s1, s2, n1, n2 in zip(*_SD, *_N, strict=True)
]
STROKE_WARD: dict[str, Any] = {
    "study": [
        "Edinburgh", "Orpington mild", "Orpington moderate", "Orpington severe", "Montreal home", "Montreal transfer",
        "Newcastle", "Umea", "Uppsala",
    ],
    "n1i": _N[0],
    "m1i": [55, 27, 64, 66, 14, 19, 52, 21, 30],
    "sd1i": _POOLED,
    "n2i": _N[1],
    "m2i": [75, 29, 119, 137, 18, 18, 41, 31, 23],
    "sd2i": _POOLED,
}  # fmt: skip

EXPECTANCY: dict[str, Any] = {
    "study": [f"experiment {number}" for number in range(1, 20)],
    "yi": [.03, .12, -.14, 1.18, .26, -.06, -.02, -.32, .27, .80, .54, .18, -.02, .23, -.18, -.06, .30, .07, -.07],
    "vi": [
        .0156, .0216, .0279, .1391, .1362, .0106, .0106, .0484, .0269, .0630, .0912, .0497, .0835, .0841, .0253, .0279,
        .0193, .0088, .0303,
    ],
    "weeks": [2, 3, 3, 0, 0, 3, 3, 3, 0, 1, 0, 0, 1, 2, 3, 3, 1, 2, 3],
}  # fmt: skip

ADHERENCE: dict[str, Any] = {
    "study": [
        "Axelsson 2009", "Axelsson 2011", "Bruce 2010", "Christensen 1999", "Christensen 1995", "Cohen 2004",
        "Dobbels 2005", "Ediger 2007", "Insel 2006", "Jerant 2011", "Moran 1997", "O'Cleirigh 2007", "Penedo 2003",
        "Quine 2012", "Stilley 2004", "Wiebe 1997",
    ],
    "ni": [109, 749, 55, 107, 72, 65, 174, 326, 58, 771, 56, 91, 116, 537, 158, 65],
    "ri": [.187, .162, .340, .320, .270, 0, .175, .050, .260, .010, -.090, .370, 0, .150, .240, .040],
}  # fmt: skip

_CATHETER = [
    "Bach", "George", "Maki", "Raad", "Heard", "Collin", "Hannan", "Marik", "Pierce", "Sheng", "Chatzinikolaou",
    "Corral", "Brun-Buisson", "Leon", "Yucel", "Moretti", "Rupp", "Osma",
]  # fmt: skip
CATHETER_CONTROL: dict[str, Any] = {
    "study": _CATHETER,
    "xi": [3, 3, 9, 7, 6, 4, 3, 2, 19, 2, 7, 1, 5, 11, 0, 1, 3, 1],
    "ni": [117, 35, 195, 136, 157, 139, 177, 39, 103, 122, 64, 58, 175, 180, 105, 262, 362, 69],
}
CATHETER_TREATED: dict[str, Any] = {
    "study": _CATHETER,
    "xi": [0, 1, 2, 0, 5, 1, 1, 1, 1, 1, 0, 0, 3, 6, 0, 0, 1, 4],
    "ni": [116, 44, 208, 130, 151, 98, 174, 74, 97, 113, 66, 70, 188, 187, 118, 252, 345, 64],
}

PASSIVE_SMOKE: dict[str, Any] = {
    "study": [
        "Garfinkel 1981", "Hirayama 1984", "Butler 1988", "Cardenas 1997", "Chan 1982", "Correa 1983",
        "Trichopoulos 1983", "Buffler 1984", "Kabat 1984",
    ],
    "hr": [1.18, 1.45, 2.02, 1.20, .75, 2.07, 2.13, .80, .79],
    "ci_low": [.90, 1.02, .48, .80, .43, .81, 1.19, .34, .25],
    "ci_high": [1.54, 2.08, 8.56, 1.60, 1.30, 5.25, 3.83, 1.90, 2.45],
}  # fmt: skip
