"""Paths of requests: which may name an id."""

import pytest

from service import ids


@pytest.mark.parametrize("path", ["%EE%80%80", "a%EE%80%80b", "%FF", "%FE", "%C3", "%ED%A0%80"])
def test_a_path_that_is_not_utf8_or_holds_the_mark_of_slashes_names_no_id(path: str) -> None:
    assert not ids.is_valid({"raw_path": f"/v1/users/{path}".encode(), "path": path})
    assert not ids.is_valid({"raw_path": b"/v1/x", "path": "/v1/x", "query_string": f"user={path}".encode()})


@pytest.mark.parametrize("path", ["/v1/users/a%2Fb", "/v1/users/%C3%A9", "/", "/v1/users/%F0%9F%98%80"])
def test_other_paths_are_valid(path: str) -> None:
    assert ids.is_valid({"raw_path": path.encode(), "path": path})
