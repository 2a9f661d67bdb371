"""The tiny biology of tests/compiler, one that bursts, and a cache folder for the whole run of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from enkephalin.compiler.model import Model, build

BIOLOGY = Path(__file__).parents[1] / "compiler" / "fixtures" / "biology"


@pytest.fixture(scope="session", autouse=True)
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compiled bodies are kept between the tests of this folder, and nowhere else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENKEPHALIN_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def tiny() -> Model:
    return build("tiny", biology=BIOLOGY)


@pytest.fixture
def bursting(tmp_path: Path) -> Model:
    """A body whose one state grows without bound before 2 h."""
    for folder in ("modules", "models", "parameters"):
        (tmp_path / folder).mkdir()
    (tmp_path / "modules/burst.ant").write_text("model burst()\n  size' = growth * size^2;\nend\n")
    (tmp_path / "models/bursting.ant").write_text(
        'import "../modules/burst.ant"\nmodel *bursting()\n  burst_body: burst();\nend\n'
    )
    header = "name,where,value,unit,spread,status,source,place,checked_by,note\n"
    rows = "size,,1,ratio,,assumed,,,,\ngrowth,,1,1/h,,assumed,,,,\n"
    (tmp_path / "parameters/burst.csv").write_text(header + rows)
    return build("bursting", biology=tmp_path)
