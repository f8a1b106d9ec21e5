"""Static files have the name of their content."""

import pytest

from portal.kit.files import Files, MissingFile


def test_a_changed_file_has_another_address(tmp_path):
    (tmp_path / "vendor").mkdir()
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "a.svg").write_text("<svg/>")
    (tmp_path / "vendor" / "a.css").write_text('b{background:url("img/a.svg")}')
    before = Files(tmp_path)
    (tmp_path / "img" / "a.svg").write_text("<svg><g/></svg>")
    after = Files(tmp_path)
    assert before.url("img/a.svg") != after.url("img/a.svg")
    assert before.url("vendor/a.css") != after.url("vendor/a.css"), "a style sheet changes with what it names"
    assert before.integrity("vendor/a.css").startswith("sha384-")


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(MissingFile, match="make setup"):
        Files(tmp_path).url("vendor/htmx.min.js")


@pytest.mark.parametrize(
    ("name", "written", "sent"),
    [
        ("js/a.js", '// why\nlet a = "https://b";\n  // so\n  a;\n', 'let a = "https://b";\n  a;\n'),
        ("vendor/a.js", "// a licence\nlet a;\n", "// a licence\nlet a;\n"),
    ],
)
def test_comments_of_our_own_are_not_sent(tmp_path, name, written, sent):
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text(written)
    files = Files(tmp_path)
    assert files._named(name).body.decode() == sent
