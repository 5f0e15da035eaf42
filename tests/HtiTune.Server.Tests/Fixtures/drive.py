"""Drives two studies through a server by htitune_client.py; ends with 0 where all is as it should be."""

import math
import sys

sys.path.insert(0, sys.argv[1])
from htitune_client import Client, HtiTuneError  # noqa: E402

client = Client(sys.argv[2], sys.argv[3], patience=20)

# A value: the least of (x - 0.3)^2 lies at 0.3. One training fails on its way.
study = client.create("value", 0.0, 1.0, maxTrainings=10, idempotency_key="drive-1")["id"]
assert client.create("value", 0.0, 1.0, maxTrainings=10, idempotency_key="drive-1")["id"] == study
seen = []


def train(training):
    training.report(0.5, step=1, value=2.0)
    training.report(step=2, value=training.value)
    seen.append((training.trial, training.value, training.seed))
    if len(seen) == 2:
        raise ArithmeticError("diverged on purpose")
    assert 0 <= training.seed < 2**31
    return (training.value - 0.3) ** 2


succeeded = client.work(study, train, worker="drive")
ended = client.study(study)
assert ended["state"] == "finished", ended
assert abs(ended["result"]["lambda"] - 0.3) < 0.05, ended["result"]
trials = client.trials(study)
first = client.attempts(study, trials[0]["number"])[-1]["id"]
assert client.values(study, first) == [{"step": 1, "value": 2.0}, {"step": 2, "value": trials[0]["lambda"]}], client.values(study, first)
assert succeeded == sum(trial["status"] == "completed" for trial in trials), (succeeded, trials)
assert all(abs(trial["value"] - (trial["lambda"] - 0.3) ** 2) < 1e-12 for trial in trials if trial["status"] == "completed")
kinds = [event["kind"] for event in client.events(study, follow=False)]
assert kinds and kinds == [event["kind"] for event in client.events(study)]

# Outputs: an order of 3x against demands about 1.5; the balanced cost is least where half of them are met.
text = "mean(max(demand - order, 0)) + mean(max(order - demand, 0))"
study = client.create("outputs", 0.0, 1.0, objective=text, columns=["order", "demand"], rows=0, maxTrainings=8)["id"]
client.work(study, lambda training: [[3 * training.value, 1.5 + 0.5 * math.sin(7 * i)] for i in range(60)], worker="drive", slot=1)
assert abs(client.study(study)["result"]["lambda"] - 0.5) < 0.07
preferred = client.prefer(study, "9 * mean(max(demand - order, 0)) + mean(max(order - demand, 0))")
assert preferred["result"]["lambda"] > 0.55, preferred
drawn = client.sample(study, 0.4, rows=5)
assert len(drawn) == 5 and all(abs(row[0] - 1.2) < 0.05 for row in drawn), drawn
assert client.curve(study)["posterior"]
assert {one["definition"]["name"] for one in client.studies()} >= {"value", "outputs"}

# Several hyperparameters: the least lies at lr = 10^-2.5, 2 layers, gelu; a configuration of one's own is trained first.
study = client.create("several", hyperparameters=["lr=1e-4..1e-1:log", "layers=1..4:int", "act=relu,gelu"], maxTrainings=14)["id"]
own = {"lr": 0.01, "layers": 3, "act": "gelu"}
client.enqueue(study, [own])
tried = []


def several(training):
    at = training.configuration
    assert training.value is None
    tried.append(at)
    return (math.log10(at["lr"]) + 2.5) ** 2 + (at["layers"] - 2) ** 2 / 4 + (0 if at["act"] == "gelu" else 0.25)


client.work(study, several, worker="drive", slot=2)
assert own in tried, tried
found = client.study(study)["configuration"]
assert found["layers"] == 2 and found["act"] == "gelu" and abs(math.log10(found["lr"]) + 2.5) < 0.3, found
believed = client.predict(study, [found])
assert believed, believed

# A value that is not a number is a failed training at once, and its worker goes on; a number may have another type than Python's.
class Scalar:
    """A number of a framework: of no axis, and its length is refused."""

    ndim = 0

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return float(self.value)

    def __len__(self):
        raise TypeError("len() of a tensor without axes")


study = client.create("diverges", 0.0, 1.0, maxTrainings=6)["id"]
assert client.work(study, lambda training: Scalar(math.nan if training.value > 0.2 else training.value), worker="diverges") >= 1
assert client.study(study)["state"] == "finished", client.study(study)
trials = client.trials(study)
lost = [trial for trial in trials if trial["status"] == "failed"]
assert len(lost) >= 3 and all(len(client.attempts(study, trial["number"])) == 1 for trial in lost), trials
assert all("bad-output: it holds nan" in client.attempts(study, trial["number"])[0]["reason"] for trial in lost), trials

# One value that always crashes, at once: it is tried three times, and its worker goes on.
study = client.create("crashes", 0.0, 1.0, maxTrainings=5)["id"]


def crash(training):
    if training.value == 1:
        raise MemoryError("no room")
    return training.value


assert client.work(study, crash, worker="crashes") == 4
assert [len(client.attempts(study, trial["number"])) for trial in client.trials(study) if trial["status"] == "failed"] == [3]

# By hand: asked again it is the same training, and what is told twice is told.
study = client.create("by hand", 0.0, 1.0, maxTrainings=3)["id"]
training = client.ask("hand", study, lease_for=3600, wait_for=5)
assert training.configuration == {"lambda": training.value} or list(training.configuration.values()) == [training.value]
assert client.ask("hand", study).attempt == training.attempt
assert client.renew(training, 0.25)["holds"]
client.tell(training, 1.0)
client.tell(training, 1.0)
try:
    client.tell(training, 2.0)
    raise AssertionError("another result of the same training was taken")
except HtiTuneError as refusal:
    assert refusal.status == 409 and "first" in refusal.detail, refusal
client.cancel(study, "enough")
client.delete(study)
try:
    client.study(study)
    raise AssertionError("a deleted study is there")
except HtiTuneError as refusal:
    assert refusal.status == 404, refusal
print("ok")
