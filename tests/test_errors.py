"""Errors by whose fault they are: each has the exit status that the README names."""

import pytest

from ewstape.errors import CassetteError, ConfigError, EwsTapeError, WireError


@pytest.mark.parametrize(("error", "status"), [(EwsTapeError, 1), (ConfigError, 2), (CassetteError, 3), (WireError, 1)])
def test_an_error_has_an_exit_status_and_is_one_of_ours(error: type[EwsTapeError], status: int) -> None:
    assert issubclass(error, EwsTapeError)
    assert error.exit_status == status
