"""That a checkout ran its own code is shown by what its workers imported."""

from __future__ import annotations

import pytest

from bench import ROOT, UsageError
from bench.measure.worker import imported_sources
from bench.run.imported_sources import MEMBER, imported_digests, joint_digest, require_own_sources


def test_what_is_imported_here_is_of_this_checkout():
    found = imported_sources()
    assert {"bench/__init__.py", "bench/measure/worker.py", "problems/__init__.py"} <= set(found)
    assert all((ROOT / path).is_file() for path in found)
    require_own_sources(ROOT, {MEMBER: found}, {})


@pytest.mark.parametrize("planted", ["0123456789abcdef", None])
def test_another_file_than_that_of_the_checkout_is_refused(tmp_path, planted):
    found = imported_sources() | ({"bench/cli.py": planted} if planted else {})
    checkout = ROOT if planted else tmp_path
    with pytest.raises(UsageError, match=r"its workers imported another b.*\.py than that of the checkout"):
        require_own_sources(checkout, {MEMBER: found}, {})


def test_an_older_checkout_is_known_by_the_texts_of_its_run():
    path = "problems/newton/oracle.py"
    text = (ROOT / path).read_text(encoding="utf-8")
    require_own_sources(ROOT, {}, {path: text, "problems/of_ones_own/oracle.py": "elsewhere"})
    with pytest.raises(UsageError, match=r"another problems/newton/oracle\.py"):
        require_own_sources(ROOT, {}, {path: text + "# changed\n"})


@pytest.mark.parametrize("found", [None, [], 3, "text"])
def test_an_environment_from_elsewhere_may_hold_anything(found):
    assert imported_digests({MEMBER: found}) == {}


def test_the_joint_digest_is_of_names_and_contents_in_any_order():
    assert (
        joint_digest({"a": "1", "b": "2"}) == joint_digest({"b": "2", "a": "1"}) != joint_digest({"a": "2", "b": "1"})
    )
