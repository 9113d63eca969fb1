"""x², with gradients that kill, crash, hang, raise or lie."""

import ctypes
import os
import signal
import time

calls = []


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
