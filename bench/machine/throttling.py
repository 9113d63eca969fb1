"""What keeps a process from its CPUs: quotas of the control groups around it, and waiting for a CPU (pressure).

A quota is so many CPU seconds a second; a group that has used it up stands still until the next period. The kernel counts
how often and for how long in each group's cpu.stat, and in cpu.pressure for how long some process of the group waited for a
CPU (PSI). https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/scheduler/sched-bwc.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import system_files
from .system_files import named_numbers, read_system_file

PRESSURE = re.compile(r"^some avg10=(\d+(?:\.\d+)?) .*total=(\d+)$", re.MULTILINE)
ESCAPED = re.compile(r"\\([0-7]{3})")  # how mountinfo writes a space


@dataclass(frozen=True)
class Throttling:
    """As it stands now; None where the system does not tell.

    quota: CPUs that the narrowest group around this process allows. stops, stopped_s: how often and how long groups with a
    quota stood still, since they exist. waited_s: how long some process waited for a CPU; pressure: its share of the last
    ten seconds.
    """

    quota: float | None = None
    stops: int | None = None
    stopped_s: float | None = None
    waited_s: float | None = None
    pressure: float | None = None


UNKNOWN = Throttling()


def throttling_now() -> Throttling:
    groups = cpu_groups(system_files.PROC, system_files.SYS)
    quotas = [quota for group in groups if (quota := quota_of(group)) is not None]
    stops = [found for group in groups if (found := stops_of(group)) is not None]
    waited_s, pressure = pressure_now(groups)
    return Throttling(
        min(quotas, default=None),
        sum(count for count, _ in stops) if stops else None,
        sum(seconds for _, seconds in stops) if stops else None,
        waited_s,
        pressure,
    )


@cache
def cpu_groups(proc: Path, sys: Path) -> tuple[Path, ...]:
    """The folders of the control groups that bound this process's CPU time, the innermost first, of version 1 and 2.

    Without a table of mounts they are looked for where they usually are.
    """
    mounts = list(group_mounts(proc, sys)) or [
        *((sys / "fs" / "cgroup" / name, "/", "cpu") for name in ("cpu", "cpu,cpuacct")),
        *((sys / "fs" / "cgroup" / name, "/", "") for name in ("", "unified")),
    ]
    own = own_groups(proc)
    found: list[Path] = []
    for mount, root, controller in mounts:
        path = own.get(controller, "/")
        inner = path[len(root.rstrip("/")) :] if path == root or path.startswith(f"{root.rstrip('/')}/") else "/"
        parts = [part for part in inner.split("/") if part not in ("", "..")]
        found += [mount.joinpath(*parts[:count]) for count in range(len(parts), -1, -1)]
    return tuple(dict.fromkeys(found))


def own_groups(proc: Path) -> dict[str, str]:
    """`cpu` → this process's group of version 1, and `` (empty) → that of version 2."""
    lines = [line.split(":", 2) for line in read_system_file(proc / "self" / "cgroup").splitlines()]
    found = {}
    for line in lines:
        if len(line) == 3 and (not line[1] or "cpu" in line[1].split(",")):
            found["cpu" if line[1] else ""] = line[2]
    return found


def group_mounts(proc: Path, sys: Path) -> Iterator[tuple[Path, str, str]]:
    """(folder, the group that it shows, `cpu` or empty for version 2) of each hierarchy that can bound CPU time."""
    for line in read_system_file(proc / "self" / "mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) < 5 or len(kind) < 3 or kind[0] not in ("cgroup", "cgroup2"):
            continue
        if kind[0] == "cgroup2" or "cpu" in kind[2].split(","):
            root, place = (ESCAPED.sub(lambda found: chr(int(found[1], 8)), field) for field in fields[3:5])
            inside = Path(place).is_relative_to("/sys")
            folder = sys / Path(place).relative_to("/sys") if inside else Path(place)
            yield folder, root, "cpu" if kind[0] == "cgroup" else ""


def quota_of(group: Path) -> float | None:
    """The CPUs that a group's quota allows; None without one."""
    quota, _, period = read_system_file(group / "cpu.max").partition(" ")
    if not quota:
        quota = read_system_file(group / "cpu.cfs_quota_us")
        period = read_system_file(group / "cpu.cfs_period_us")
    if not quota.isdecimal() or not period.isdecimal() or not int(period):  # `max`, and -1, is none
        return None
    return int(quota) / int(period)


def stops_of(group: Path) -> tuple[int, float] | None:
    """How often and for how many seconds a group stood still; None where it does not count."""
    found = named_numbers(read_system_file(group / "cpu.stat"))
    if "nr_throttled" not in found:
        return None
    return found["nr_throttled"], found.get("throttled_usec", 0) / 1e6 + found.get("throttled_time", 0) / 1e9


def pressure_now(groups: tuple[Path, ...]) -> tuple[float | None, float | None]:
    """Seconds that some process waited for a CPU, and the share of the last ten seconds: of the innermost group that tells.

    Otherwise of the whole machine.
    """
    for file in (*(group / "cpu.pressure" for group in groups), system_files.PROC / "pressure" / "cpu"):
        if found := PRESSURE.search(read_system_file(file)):
            return int(found[2]) / 1e6, float(found[1]) / 100
    return None, None
