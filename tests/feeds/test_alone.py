"""The import by itself, as the command runs it: without the pages, and so without what they load."""

import subprocess
import sys

WRITES_WHATEVER_IT_KNOWS = (
    "import portal.feeds.kinds\n"
    "from sqlmodel import SQLModel\n"
    "assert SQLModel.metadata.sorted_tables, 'raises where a table refers to one that is not known'"
)


def test_every_table_that_a_row_may_refer_to_is_known():
    done = subprocess.run([sys.executable, "-c", WRITES_WHATEVER_IT_KNOWS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
