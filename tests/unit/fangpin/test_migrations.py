"""The migrations are one chain: two that were written side by side stop every hub at its start."""

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

import fangpin.migrations

HERE = Path(fangpin.migrations.__path__[0])


def test_one_chain_named_by_its_numbers() -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    chain = list(ScriptDirectory.from_config(config).walk_revisions())
    files = sorted(path.name[:4] for path in (HERE / "versions").glob("0*.py"))
    assert [one.revision for one in reversed(chain)] == files
    assert [f"{number:04}" for number in range(1, len(files) + 1)] == files
