"""The page of Django's that the bench measures us against tells what ours tells."""

import pytest

from tests.bench import against_django, pages, peers

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(not peers.are_there(), reason='Django is not installed: make bench ARGS="P1" installs it'),
]


def test_both_pages_say_the_same(tmp_path):
    portal = pages.Portal(f"sqlite:///{tmp_path / 'portal.db'}")
    with against_django.both(portal, tmp_path / "django") as (ours, theirs):
        assert len(against_django.said(ours.html)) > 200
        assert against_django.different(ours.html, theirs.html) == []


def test_words_that_are_read_aloud_count_and_code_does_not():
    said = against_django.said('<p>One <b aria-label="two">three</b><script>four</script></p>')
    assert said == ["One", "two", "three"]
    assert against_django.different("<p>a b</p>", "<p>a c</p>") != []
