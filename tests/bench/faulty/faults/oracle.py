"""x², under every name."""


def fine(params, data):
    return params["x"] * params["x"]


killed = segfault = exits = hangs = raises = wrong = changes = unprepared = tenth = greedy = fine
spawns = fills = freezes = deletes = leaves = also_fine = thirsty = fine
