"""Which sources the workers of a run really imported: digests of files, by their paths in the checkout.

A worker writes them beside its specification when it ends; the run gathers them in its environment.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import UsageError
from ..data.store import digest_of
from ..text.escape import shown_value

MEMBER = "imported"  # of environment.json


def imported_digests(environment: Mapping[str, Any]) -> dict[str, str]:
    """path → digest; empty where environment.json does not say, as it may come from an older gradmark or elsewhere."""
    found = environment.get(MEMBER)
    return {str(path): str(digest) for path, digest in found.items()} if isinstance(found, dict) else {}


def joint_digest(digests: Mapping[str, str]) -> str:
    return digest_of(*(f"{path} {digest}" for path, digest in sorted(digests.items())))[:12]


def text_digests(sources: Mapping[str, Any]) -> dict[str, str]:
    """The same for the texts of sources.json."""
    return {path: digest_of(str(text))[:16] for path, text in sources.items()}


def require_own_sources(checkout: Path, environment: Mapping[str, Any], sources: Mapping[str, str]) -> None:
    """Raise UsageError where a run in a checkout did not run that checkout's own files.

    sources: the texts in sources.json, which stand for what was imported where the checkout is too old to say.
    """
    digests = imported_digests(environment)
    wrong = [path for path, digest in digests.items() if file_digest(checkout / path) != digest]
    if not digests:
        files = {path: checkout / path for path in sources if (checkout / path).is_file()}
        wrong = [path for path, file in files.items() if file.read_text(encoding="utf-8") != sources[path]]
    if wrong:
        raise UsageError(
            f"in {checkout.name}: its workers imported another {shown_value(wrong[0])[1:-1]} than that of the checkout "
            "(or the file was changed meanwhile), so nothing is compared"
        )


def file_digest(path: Path) -> str:
    """Empty for a file that is not there."""
    return digest_of(path)[:16] if path.is_file() else ""
