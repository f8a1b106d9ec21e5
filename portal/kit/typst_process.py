"""The process in which documents are typeset: it waits for one after the other, and ends when nobody holds its pipe.

`typesetting.py` starts it by its path, with nothing of the portal: a compiler that hangs or dies takes nothing with it,
and what it reads are the templates of one folder and the fonts of another.
"""

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Final, Literal

import typst

STANDARDS: Final[Sequence[Literal["a-3a", "ua-1"]]] = ("a-3a", "ua-1")
MADE: Final = b"+"  # before what was made, as typesetting.py knows it
REFUSED: Final = b"-"
NOWHERE: Final = "/nonexistent"  # packages are neither kept nor fetched


def main(pipe: str, templates: str, fonts: str) -> None:
    """Typeset what comes through a pipe: a template's name, and what it is given."""
    known = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[fonts])
    compiler = typst.Compiler(
        root=templates, font_paths=known, ignore_system_fonts=True, package_path=NOWHERE, package_cache_path=NOWHERE
    )
    with Connection(int(pipe)) as asked, suppress(EOFError):
        while True:
            template, given = json.loads(asked.recv_bytes())
            asked.send_bytes(_typeset(compiler, f"{templates}/{template}.typ", given))


def _typeset(compiler: typst.Compiler, template: str, given: dict[str, str]) -> bytes:
    try:
        made = compiler.compile(template, format="pdf", sys_inputs=given, pdf_standards=[*STANDARDS])
    except typst.TypstError as refused:
        return REFUSED + refused.message.encode()
    return MADE + made if isinstance(made, bytes) else REFUSED


if __name__ == "__main__":
    main(*sys.argv[1:])
