"""What our code never does, wherever it stands: read in its source, for no run of it would show what is not there.

Ruff refuses much of it as well; a `noqa` silences ruff, and not this.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DEMO = "portal/demo/"  # a bank that misbehaves on purpose; the production image has no such folder

# Modules that run what they read, or draw what can be guessed.
UNUSED = {"pickle", "marshal", "shelve", "dill", "yaml", "random", "xml.sax", "xml.dom"}
BUILT_IN = {"eval", "exec", "compile", "__import__"}  # they run text
# What starts a shell, unpacks anywhere, hashes or encrypts by what is broken, or trusts any certificate.
UNCALLED = {
    *("system", "popen", "mktemp", "extractall", "_create_unverified_context"),
    *("md5", "MD5", "SHA1", "ECB", "PKCS1v15", "ARC4", "TripleDES", "Blowfish"),
}
NEVER = {
    "shell": {"True"},
    "verify": {"False"},
    "follow_redirects": {"True"},
    "check_hostname": {"False"},
    "verify_mode": {"ssl.CERT_NONE", "CERT_NONE", "0"},
}
"""What is told to nobody: neither as an argument, nor by an assignment."""
SHA1_HOME = "portal/auth/passwords/actions.py"  # the form in which lists of stolen passwords are published
OUR_WORDINGS = {
    "portal/kit/i18n.py",  # what translators wrote, with the same places in each language
    "portal/kit/complaints.py",
    "portal/consents/authorisations/notices/__init__.py",
    "portal/migrations/rights.py",
}
"""Where a text with places to fill comes from our own code or files, and not from a request."""
RUNS_OUR_TEMPLATES = "portal/kit/compiled.py"  # at the start, from the folder of templates

SCRIPT = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function|__proto__)\b"
    r"|[\"']paste[\"']|localStorage|sessionStorage|indexedDB|setTimeout\(\s*[\"']"
)
MARKUP = re.compile(r"<(object|embed|applet|iframe|frame|marquee)\b|onpaste")


@cache
def trees():
    sources = sorted((ROOT / "portal").rglob("*.py"))
    return [(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in sources]


def calls():
    """Every call: where it stands, the last part of what is called, all of it, and its node."""
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                yield file, called.rpartition(".")[2], called, node


def given(node):
    return {one.arg: ast.unparse(one.value) for one in node.keywords}


def test_code_runs_no_text_and_imports_nothing_that_does():
    found = [
        f"{file}:{node.lineno} {called}"
        for file, name, called, node in calls()
        if (name in BUILT_IN and called == name) and file != RUNS_OUR_TEMPLATES
    ]
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {one.name for one in node.names} | {getattr(node, "module", None)}
                found += [f"{file}:{node.lineno} {name}" for name in names & UNUSED]
    assert found == []


def broken(file, tree):
    """What a source does that is broken, or switches a check off: line by line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {ast.unparse(one).rpartition(".")[2] for one in targets}
            is_wrong = any(node.value and ast.unparse(node.value) in NEVER.get(name, ()) for name in names)
        elif isinstance(node, ast.Call):
            is_wrong = _is_broken(file, ast.unparse(node.func), given(node))
        else:
            is_wrong = False
        if is_wrong:
            yield f"{file}:{node.lineno} {ast.unparse(node)}"


def _is_broken(file, called, told):
    name = called.rpartition(".")[2]
    return (
        (name in UNCALLED and not file.startswith(DEMO))
        or any(told.get(word) in values for word, values in NEVER.items())
        or called == "hashlib.new"  # the name of the hash would be text
        or (name == "sha1" and (file != SHA1_HOME or told.get("usedforsecurity") != "False"))
        or (name == "URLSafeTimedSerializer" and "signer_kwargs" not in told)  # its own digest is SHA-1
    )


def test_nothing_broken_is_called_and_no_check_is_switched_off():
    assert [one for file, tree in trees() for one in broken(file, tree)] == []


@pytest.mark.parametrize(
    "source",
    [
        "context.check_hostname = False",
        "context.verify_mode = ssl.CERT_NONE",
        "verify: bool = False",
        "httpx2.get(url, verify=False)",
        "hashlib.new('md5', data)",
        "hashlib.md5(data)",
        "hashlib.sha1(data)",
        "subprocess.run(line, shell=True)",
        "ssl._create_unverified_context()",
        "URLSafeTimedSerializer(secret)",
    ],
)
def test_what_is_broken_would_be_found(source):
    assert [*broken("portal/kit/crypto.py", ast.parse(source))]


def filled(file, tree):
    """Texts with places to fill that are neither written where they are filled, nor constants, nor our wordings."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="format" | "format_map", value=text)):
                is_ours = isinstance(text, ast.Constant) or re.match(r"[A-Z_]+\b", ast.unparse(text))
            case ast.BinOp(op=ast.Mod(), left=text, right=ast.Tuple() | ast.Dict() | ast.DictComp()):
                is_ours = isinstance(text, ast.Constant) or ast.unparse(text).startswith("Markup('")
            case _:
                continue
        if not is_ours and file not in OUR_WORDINGS and not file.startswith(DEMO):
            yield f"{file}:{node.lineno} {ast.unparse(node)}"


def test_no_text_with_places_to_fill_is_what_somebody_typed():
    assert [one for file, tree in trees() for one in filled(file, tree)] == []
    assert [*filled("x.py", ast.parse("form['name'].format(user)"))]
    assert [*filled("x.py", ast.parse("typed % {'a': 1}"))]


def test_no_pattern_and_no_line_of_the_log_is_made_of_what_somebody_typed():
    found = []
    for file, _, called, node in calls():
        first = node.args[0] if node.args else None
        if not isinstance(first, ast.JoinedStr):
            continue
        put_in = [ast.unparse(one.value) for one in first.values if isinstance(one, ast.FormattedValue)]
        is_pattern = called.startswith("re.") and not all(one.isupper() or "re.escape(" in one for one in put_in)
        if is_pattern or re.fullmatch(r"log\.(debug|info|warning|error|exception)", called):
            found.append(f"{file}:{node.lineno} {called}")
    assert found == []


def test_scripts_and_templates_use_nothing_that_runs_text_stores_data_or_forbids_pasting():
    found = []
    for folder, kind, pattern in (("static/js", "*.js", SCRIPT), ("templates", "*.html", MARKUP)):
        for path in sorted((ROOT / folder).rglob(kind)):
            found += [f"{path.name}: {one[0]}" for one in pattern.finditer(path.read_text(encoding="utf-8"))]
    assert found == []


FETCHED = re.compile(
    r"""(?:\b(?:src|srcset|poster|data|formaction)\s*=|<link\b[^>]*href\s*=|url\(|@import|\bfetch\(|sendBeacon\(|import\()"""
    r"""\s*["']?\s*(?:https?:)?//""",
)


def test_no_page_script_or_style_fetches_anything_from_another_host():
    """What people look at is told to nobody: neither to who counts visitors, nor to who keeps fonts or scripts."""
    found = []
    folders = [ROOT / folder for folder in ("static/js", "static/css", "templates")]
    for path in sorted(one for folder in folders for one in folder.rglob("*.*")):
        found += [f"{path.name}: {one[0]}" for one in FETCHED.finditer(path.read_text(encoding="utf-8"))]
    assert found == []
    for wrong in ('<img src="https://a.example/x">', "fetch('//a.example')", '<link rel="stylesheet" href="http://a">'):
        assert FETCHED.search(wrong)
