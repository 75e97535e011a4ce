"""Bundled models: what is listed can be opened, what is not is refused with the list."""

import pytest

from data import DataError, bundled_models, model_path


def test_every_listed_model_is_a_file():
    assert all(model_path(name).is_file() for name in bundled_models())
    assert list(bundled_models()) == sorted(bundled_models())


@pytest.mark.parametrize("name", ["mpl", "", "../digits", "/etc/passwd"])
def test_an_unknown_model_is_refused_and_the_known_are_listed(name):
    with pytest.raises(DataError) as caught:
        model_path(name)
    assert all(known in str(caught.value) for known in bundled_models())
    assert "\n" not in str(caught.value)
