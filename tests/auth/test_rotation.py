"""Keys are replaced step by step: whatever is on its way between us and a broker can be verified and opened."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.auth.oidc import keys, rotation
from portal.auth.oidc.keys import BadKeys, Phase, Role, file_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path):
    keys.make_missing(tmp_path)
    return tmp_path


def ids(folder):
    """The key ids in use, by role."""
    found = keys.load(folder)
    return [key.thumbprint() for key in found.verifying], [key.thumbprint() for key in found.decrypting]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_rotation_takes_three_steps_and_ten_days(folder):
    [sig], [enc] = ids(folder)
    rotation.rotate(folder, NOW)
    (now, then), (opens, will_open) = ids(folder)
    assert (now, opens) == (sig, enc), "known, and not yet used"
    rotation.rotate(folder, NOW + DAY)
    assert ids(folder) == ([then, sig], [will_open, enc]), "used, and the old ones kept"
    published = [jwk["kid"] for jwk in keys.load(folder).published()["keys"]]
    assert published == [then, sig, will_open]
    rotation.rotate(folder, NOW + 9 * DAY)
    assert ids(folder) == ([then], [will_open])
    assert names(folder) == ["enc.pem", "entity.pem", "sig.pem"]
    assert not keys.readable_by_others(folder)


@pytest.mark.parametrize("days", [0, 1, 9])
def test_a_step_is_taken_once(folder, days):
    for day in range(days + 1):
        rotation.rotate(folder, NOW + day * DAY)
    if days == 9:  # the rotation is over: another call would begin the next one
        return
    before = ids(folder)
    [step, _] = rotation.rotate(folder, NOW + days * DAY + timedelta(hours=1))
    assert ids(folder) == before
    assert step.again == NOW + (DAY if days == 0 else 8 * DAY)


@pytest.mark.parametrize("role", [Role.SIG, Role.ENC])
def test_a_switch_that_was_cut_short_is_finished(folder, role):
    rotation.rotate(folder, NOW)
    before = ids(folder)
    file_of(folder, role, Phase.OLD).hardlink_to(file_of(folder, role, Phase.NOW))
    rotation.rotate(folder, NOW + DAY)
    assert ids(folder) == ([*reversed(before[0])], [*reversed(before[1])])


def test_without_keys_there_is_nothing_to_rotate(tmp_path):
    with pytest.raises(BadKeys):
        rotation.rotate(tmp_path, NOW)
    assert names(tmp_path) == []
