"""Quick: what lets a command begin at once.

Needs    xarray
Gives    ``plain_arrays``
"""

from __future__ import annotations

import sys

OTHERS = ("dask", "pint", "cupy", "sparse")  # libraries with arrays of their own, in which xarray takes an interest


def plain_arrays() -> None:
    """Tell xarray that there are no arrays but numpy's, which is true of every result of this program.

    Else it loads each of these libraries that is installed, to see whether an array is one of theirs; that takes
    longer than a simulation. The libraries stay there for whoever needs them.
    """
    hidden = [name for name in OTHERS if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: the import finds nothing
    try:
        from xarray.namedarray.pycompat import array_type

        for name in hidden:
            array_type(name)  # type: ignore[arg-type]
    except ImportError:
        return  # another xarray: it begins more slowly, and says the same
    finally:
        for name in hidden:
            del sys.modules[name]
