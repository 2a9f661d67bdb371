"""The door opens quickly."""

from __future__ import annotations

import subprocess
import sys
import time

LONGEST = 0.3  # s, the best of three


def test_import_is_quick_and_opens_no_room():
    script = "import sys, enkephalin; sys.exit(len({'numpy', 'xarray', 'pint', 'roadrunner'} & set(sys.modules)))"
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < LONGEST
