"""A /proc and a /sys that are made up, with control groups in them."""

from __future__ import annotations

from pathlib import Path

V2 = "31 23 0:28 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n"
V1 = (
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
)
PRESSURE = "some avg10={avg10} avg60=1.00 avg300=1.00 total={total}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"


class PlantedSystem:
    """Write files as the kernel would: `system.v2({...})`, with a dict of a group's files by its path."""

    def __init__(self, folder: Path) -> None:
        self.proc, self.sys = folder / "proc", folder / "sys"
        self.write(self.proc / "self" / "cgroup", "")

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def own(self, groups: str, mounts: str) -> None:
        self.write(self.proc / "self" / "cgroup", groups)
        self.write(self.proc / "self" / "mountinfo", mounts)

    def v2(self, groups: dict[str, dict[str, str]], inner: str = "/user.slice/session.scope") -> None:
        self.own(f"0::{inner}\n", V2)
        for path, files in groups.items():
            for name, text in files.items():
                self.write(self.sys / "fs/cgroup" / path.strip("/") / name, text)

    def v1(self, groups: dict[str, dict[str, str]], inner: str = "/docker/abc", mounts: str = V1) -> None:
        self.own(f"5:cpuset:/\n4:cpu,cpuacct:{inner}\n0::/\n", mounts)
        for path, files in groups.items():
            for name, text in files.items():
                self.write(self.sys / "fs/cgroup/cpu,cpuacct" / path.strip("/") / name, text)


def stat2(stops: int, usec: int) -> str:
    return f"usage_usec 99\nnr_periods 9\nnr_throttled {stops}\nthrottled_usec {usec}\n"


def stat1(stops: int, nanoseconds: int) -> str:
    return f"nr_periods 9\nnr_throttled {stops}\nthrottled_time {nanoseconds}\n"
