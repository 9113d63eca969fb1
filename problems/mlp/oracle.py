"""J(W): the mean of log Σⱼ exp zⱼ minus the score of the digit."""

import numpy as np


def objective(params, data):
    hidden = np.tanh(data["X"] @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    own = scores[np.arange(len(data["y"])), data["y"]]
    return np.mean(np.log(np.exp(scores).sum(axis=1)) - own)
