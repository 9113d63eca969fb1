"""x², with gradients that kill, crash, hang, raise, lie, or spoil the disk."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np

calls = []
rounds = []


def arrange(data):
    if "broken" in data:
        raise ValueError("data that cannot be arranged")
    return data


def fine_gradient(params, data):
    return {"x": 2 * params["x"]}


def killed_gradient(params, data):
    os.kill(os.getpid(), signal.SIGKILL)


def segfault_gradient(params, data):
    ctypes.string_at(0)


def exits_gradient(params, data):
    os._exit(3)


def hangs_gradient(params, data):
    while True:
        time.sleep(1)


def raises_gradient(params, data):
    raise ValueError("no derivative today")


def wrong_gradient(params, data):
    return {"x": params["x"]}


def changes_gradient(params, data):
    calls.append(None)
    return {"x": 2 * params["x"] if len(calls) < 5 else params["x"]}


def also_fine_gradient(params, data):
    return {"x": 2 * params["x"]}


unprepared_gradient = also_fine_gradient


def leaves_gradient(params, data):
    sys.exit("an implementation that ends the program")


def tenth_gradient(params, data):
    """Raises in the tenth round; pytest-benchmark has a frame of this name for each."""
    frame = sys._getframe()
    while frame and frame.f_code.co_name != "runner":
        frame = frame.f_back
    if frame and frame not in rounds[-1:]:
        rounds.append(frame)
    if len(rounds) == 10:
        raise ValueError("no more in the tenth round")
    return {"x": 2 * params["x"]}


def greedy_gradient(params, data):
    return {"x": np.ones(10**9).sum() * params["x"]}  # 8 GB


def spawns_gradient(params, data):
    """Hangs, with a child in its process group and one that has left it."""
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    children = [subprocess.Popen(sleep), subprocess.Popen(sleep, start_new_session=True)]
    with open(os.environ["FAULTS_FILE"], "w") as file:
        file.write(" ".join(str(child.pid) for child in children))
    while True:
        time.sleep(1)


def fills_gradient(params, data):
    """Fills the disk of the run folder."""
    try:
        with open(os.path.join(os.environ["FAULTS_FOLDER"], "filler"), "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        return {"x": 2 * params["x"]}


def freezes_gradient(params, data):
    """Makes the run folder read-only, by a mount over it."""
    folder = os.path.join(os.environ["FAULTS_FOLDER"], "run")
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    return {"x": 2 * params["x"]}


def deletes_gradient(params, data):
    """Deletes the run folder."""
    shutil.rmtree(os.environ["FAULTS_FOLDER"])


def thirsty_gradient(params, data):
    if "MALLOC_TRIM_THRESHOLD_" not in os.environ:  # only in the pass that measures memory
        raise MemoryError("too much")
    return {"x": 2 * params["x"]}
