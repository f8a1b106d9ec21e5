"""What our code never does, wherever it stands: read in its source, for no run of it would show what is not there.

Ruff refuses much of it as well; a `noqa` silences ruff, and not this.
"""

import ast
import re
from pathlib import Path

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
NEVER = {"shell": {"True"}, "verify": {"False"}, "follow_redirects": {"True"}, "check_hostname": {"False"}}
SHA1_HOME = "portal/auth/passwords/actions.py"  # the form in which lists of stolen passwords are published
RUNS_OUR_TEMPLATES = "portal/kit/compiled.py"  # at the start, from the folder of templates

SCRIPT = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function|__proto__)\b"
    r"|[\"']paste[\"']|localStorage|sessionStorage|indexedDB|setTimeout\(\s*[\"']"
)
MARKUP = re.compile(r"<(object|embed|applet|iframe|frame|marquee)\b|onpaste")


def trees():
    for path in sorted((ROOT / "portal").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


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


def test_nothing_broken_is_called_and_no_check_is_switched_off():
    found = []
    for file, name, called, node in calls():
        told = given(node)
        wrong = name in UNCALLED and not file.startswith(DEMO)
        wrong |= any(told.get(word) in values for word, values in NEVER.items())
        wrong |= name == "sha1" and (file != SHA1_HOME or told.get("usedforsecurity") != "False")
        wrong |= name == "URLSafeTimedSerializer" and "signer_kwargs" not in told  # its own digest is SHA-1
        found += [f"{file}:{node.lineno} {called}"] if wrong else []
    assert found == []


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
