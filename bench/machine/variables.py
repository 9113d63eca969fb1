"""Environment variables that change how fast or how exactly code runs: recorded with a run, and compared between runs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import backends

from .. import ROOT
from ..text.escape import shown_value

# glibc hands freed pages back and takes them again, up to 17 times slower for large results; these two stop it.
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**34)}
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
OF_CODE = re.compile(
    r"(PYTHON|MALLOC_|TCMALLOC_|JE_MALLOC|MIMALLOC_|LD_|GLIBC_|"
    r"OMP_|GOMP_|KMP_|MKL_|OPENBLAS_|GOTO_|BLIS_|VECLIB_|NUMEXPR_|NPY_|NUMPY_|SCIPY_|"
    r"XLA_|JAX_|TF_|TF2_|TORCH|PYTORCH_|ATEN_|DNNL_|ONEDNN_|TRITON_|AUTOGRAD_|"
    r"CUDA_|CUBLAS_|CUDNN_|NCCL_|NVIDIA_)|(C|CXX|CPP|LD)FLAGS\Z|(CC|CXX)\Z"
)
SECRET = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|\ATF_(VAR|CLI|HTTP)_")  # TF_… is Terraform's, too
OF_NO_CONSEQUENCE = {
    *("PYTHONUNBUFFERED", "PYTHONIOENCODING", "PYTHONDONTWRITEBYTECODE", "PYTHONSTARTUP"),
    *("PYTHONSAFEPATH", "PYTHONPATH"),  # gradmark's code is the same; versions and keys tell of other packages
    *("KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK"),  # scikit-learn sets them when it is imported,
    "TF2_BEHAVIOR",  # and TensorFlow this
}


def code_variables() -> dict[str, str]:
    """The variables of this process that can change speed or results, by name; without this machine's own paths."""
    return {
        name: without_places(value)
        for name, value in sorted(os.environ.items())
        if OF_CODE.match(name) and not SECRET.search(name)
    }


def without_places(value: str) -> str:
    """`value` with the checkout as `.` and the home folder as `~`, as results can be published."""
    for place, sign in ((str(ROOT), "."), (str(Path.home()), "~")):
        value = re.sub(rf"{re.escape(place)}(?=[/:;,]|\Z)", sign, value) if len(place) > 1 else value
    return value


@cache
def fixed_variables() -> frozenset[str]:
    """What a worker sets for itself, so that the value outside is of no consequence."""
    own = [backends.load(name).environment(1, device, "") for name in backends.names() for device in ("cpu", "cuda")]
    return frozenset({*ALLOCATOR, *THREAD_VARIABLES, "PYTHONHASHSEED"}.union(*own))


def variable_differences(a: Any, b: Any) -> str:
    """`XLA_FLAGS: '…' and unset; …`: in which variables two runs differ that reach what is timed.

    a, b: as recorded. Empty where they agree, or where one is older than the record.
    """
    if not isinstance(a, Mapping) or not isinstance(b, Mapping):
        return ""
    names = sorted({*a, *b} - fixed_variables() - OF_NO_CONSEQUENCE)
    return "; ".join(
        f"{shown_value(name)[1:-1]}: {told(a, name)} and {told(b, name)}"
        for name in names
        if a.get(name) != b.get(name)
    )


def told(variables: Mapping[str, Any], name: str) -> str:
    return shown_value(variables[name]) if name in variables else "unset"
