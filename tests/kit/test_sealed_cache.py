"""What is kept for a while: so many bytes, the last ones asked for, and none of it readable where it lies."""

from portal.kit.sealed_cache import SealedCache


def test_what_was_put_is_found_and_nothing_else():
    cache = SealedCache(1000)
    cache.put(b"a", b"first")
    assert (cache.get(b"a"), cache.get(b"b")) == (b"first", None)


def test_it_is_not_readable_where_it_lies():
    cache = SealedCache(1000)
    cache.put(b"a", b"Aino")
    assert b"Aino" not in b"".join(cache._sealed.values())


def test_those_go_that_nobody_asked_for_longest():
    cache = SealedCache(300)
    for key in (b"a", b"b"):
        cache.put(key, bytes(100))
    cache.get(b"a")
    cache.put(b"c", bytes(100))
    assert [cache.get(key) is None for key in (b"a", b"b", b"c")] == [False, True, False]


def test_the_same_put_twice_takes_its_room_once():
    cache = SealedCache(300)
    for _ in range(9):
        cache.put(b"a", bytes(100))
    cache.put(b"b", bytes(100))
    assert cache.get(b"a") == cache.get(b"b") == bytes(100)


def test_what_alone_is_too_large_is_not_kept():
    cache = SealedCache(300)
    cache.put(b"a", bytes(100))
    cache.put(b"b", bytes(400))
    assert (cache.get(b"a"), cache.get(b"b")) == (bytes(100), None)
