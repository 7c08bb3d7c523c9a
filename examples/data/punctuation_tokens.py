"""Makes punctuation_tokens.npz: a small, real model's outputs for every token of texts it has not seen.

Task: restoring punctuation. A text is split into words without their punctuation, and each word is one token or, when it is longer than five
letters, several. The label of a word's first token is what followed the word: 0 nothing, 1 a comma, 2 a full stop, 3 a colon or semicolon.
All other tokens, and the padding at a sequence's end, have the label -100, as is usual for such models: they do not count.

Model: multinomial logistic regression over hashed words and word endings in a window of two words to each side, trained with plain
gradient descent. It is a linear model of some thousand weights, not a language model; its mistakes are its own.

Texts: licences that Debian keeps in /usr/share/common-licenses. Trained on all but one, evaluated on that one (GPL-3).
Run: python3 punctuation_tokens.py (needs numpy). Nothing in it is random.
"""

import json
import re
import zlib
from pathlib import Path

import numpy as np

texts = Path("/usr/share/common-licenses")
train_names = ["Apache-2.0", "GFDL-1.3", "MPL-2.0", "LGPL-2.1", "CC0-1.0"]
test_name = "GPL-3"
marks = {",": 1, ".": 2, ":": 3, ";": 3}
classes, features, length, piece = 4, 4096, 48, 5
epochs, rate, decay = 250, 4.0, 1e-5


def words_of(name):
    """(word, label) for every word of a text."""
    text = (texts / name).read_text(encoding="utf-8")
    for token in re.findall(r"\S+", text):
        word = re.sub(r"[^a-z]", "", token.lower())
        if word:
            yield word, marks.get(token.rstrip("\"')”")[-1:], 0)


def hashed(words, at):
    """Indices of the features of the word at a position."""
    near = [words[i] if 0 <= i < len(words) else "" for i in range(at - 2, at + 3)]
    names = [f"{offset}:{word}" for offset, word in enumerate(near)]
    names += [f"{offset}~{word[-3:]}" for offset, word in enumerate(near)]
    names += [f"{near[2]} {near[3]}", f"length {len(near[2])}", "bias"]
    return [zlib.crc32(name.encode()) % features for name in names]


def read(name):
    words, labels = zip(*words_of(name))
    return words, np.array([hashed(words, at) for at in range(len(words))]), np.array(labels)


def log_softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def train():
    parts = [read(name) for name in train_names]
    active = np.concatenate([part[1] for part in parts])
    target = np.eye(classes)[np.concatenate([part[2] for part in parts])]
    weights = np.zeros((features, classes))
    flat = active.ravel()
    for _ in range(epochs):
        error = np.exp(log_softmax(weights[active].sum(axis=1))) - target
        gradient = np.stack(
            [np.bincount(flat, np.repeat(error[:, c], active.shape[1]), features) for c in range(classes)], axis=1
        )
        weights -= rate * (gradient / len(active) + decay * weights)
    return weights


def sequences(words, scores, labels):
    """Tokens in sequences of one length; a word is never split over two."""
    logits, targets, row = [], [], ([], [])
    for word, score, label in zip(words, scores, labels):
        pieces = -(-len(word) // piece)
        if len(row[0]) + pieces > length:
            logits.append(row[0]), targets.append(row[1])
            row = ([], [])
        # What follows the first token of a word has the word's scores too, as the model sees whole words.
        row[0].extend([score] * pieces)
        row[1].extend([label] + [-100] * (pieces - 1))
    logits.append(row[0]), targets.append(row[1])
    x = np.zeros((len(logits), length, classes), np.float32)
    y = np.full((len(logits), length), -100, np.int64)
    for n, (a, b) in enumerate(zip(logits, targets)):
        x[n, : len(a)], y[n, : len(b)] = a, b
    return x, y


def expected(x, y):
    """What the losses of the file are, in double precision."""
    counts = y != -100
    log_p = log_softmax(x.astype(np.float64))[counts]
    label = y[counts]
    own = log_p[np.arange(len(label)), label]
    return {
        "rows": int(counts.sum()),
        "ignored": int((~counts).sum()),
        "cross_entropy": float(-own.mean()),
        "softmax_focal_gamma2": float(-((1 - np.exp(own)) ** 2 * own).mean()),
        "accuracy": float((log_p.argmax(axis=1) == label).mean()),
        "per_class_mean": [float(-own[label == c].mean()) for c in range(classes)],
    }


if __name__ == "__main__":
    folder = Path(__file__).parent
    words, active, labels = read(test_name)
    x, y = sequences(words, train()[active].sum(axis=1), labels)
    np.savez_compressed(folder / "punctuation_tokens.npz", logits=x, labels=y)
    known = json.loads((folder / "expected.json").read_text())
    known["punctuation_tokens"] = expected(x, y)
    (folder / "expected.json").write_text(json.dumps(known, indent=1))
    print(x.shape, json.dumps(known["punctuation_tokens"], indent=1))
