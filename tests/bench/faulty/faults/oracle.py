"""x², under every name."""


def fine(params, data):
    return params["x"] * params["x"]


killed = segfault = exits = hangs = raises = wrong = changes = fine
