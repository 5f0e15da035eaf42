"""A client of HtiTune.Server in one file: Python 3.9 or later, the standard library alone. Copy it beside your script.

    from htitune_client import Client

    client = Client("https://tuning.example", "hti_...")
    study = client.create("dropout", 0.0, 0.9, maxTrainings=12)
    client.work(study["id"], lambda training: loss_of(training.value, training.seed))
    print(client.study(study["id"])["result"]["lambda"])

A request that the server could not serve (503, 429) or that was not answered is made again where that is safe; what a server refuses is an
HtiTuneError with its words.
"""

from __future__ import annotations

import json
import math
import os
import re
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, Union

__all__ = ["Client", "HtiTuneError", "Training", "Stopped"]

#: So many intermediate values go out at a time.
MOST_VALUES = 1000
ENDED = ("finished", "cancelled", "failed")


class HtiTuneError(Exception):
    """The server refused a request, or was not reached (status 0)."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}" if status else detail)
        self.status = status
        self.detail = detail


class Stopped(Exception):
    """Raised by Training.report where the training is to end: a user asked for it, or its lease is over."""


class Training:
    """A training in this worker's hands."""

    def __init__(self, client: "Client", claimed: Dict[str, Any], worker: str, slot: int) -> None:
        self.claimed = claimed
        self.attempt: str = claimed["attempt"]
        self.lease: str = claimed["lease"]
        self.study: str = claimed["study"]
        self.trial: int = claimed["trial"]
        #: The value to train at; None where several hyperparameters are tuned.
        self.value: Optional[float] = claimed.get("lambda")
        #: The values of all hyperparameters to train at, by name: numbers, or words of categories. One that is not active is not there.
        self.configuration: Dict[str, Union[float, str]] = claimed["configuration"]
        #: Seed of all chance in the training, 0 to 2**31 - 1.
        self.seed: int = claimed["seed"]
        #: Rows of outputs that are expected; 0 where a value is.
        self.rows: int = claimed["rows"]
        self.renew_every: float = _seconds(claimed["renewEvery"])
        self.worker = worker
        self.slot = slot
        self._client = client
        self._progress: Optional[float] = None
        self._values: List[Dict[str, float]] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    @property
    def stopping(self) -> bool:
        """Whether the training is to end before its time."""
        return self._stopping.is_set()

    def report(self, progress: Optional[float] = None, step: Optional[int] = None, value: Optional[float] = None) -> None:
        """Notes the share that is done, 0 to 1, and what was measured at a step (the loss after an epoch, say); both go out with the next renewal. Raises Stopped where
        the training is to end."""
        if progress is not None:
            self._progress = min(1.0, max(0.0, progress))
        if step is not None and value is not None and math.isfinite(value):
            self._keep([{"step": int(step), "value": float(value)}])
        if self.stopping:
            raise Stopped("the training was asked to stop, or its lease is over")

    def _keep(self, values: List[Dict[str, float]], first: bool = False) -> None:
        with self._lock:
            kept = values + self._values if first else self._values + values
            # Of more than the server takes at a time every second one goes.
            self._values = kept if len(kept) <= MOST_VALUES else kept[1::2]

    def _take(self) -> List[Dict[str, float]]:
        with self._lock:
            values, self._values = self._values, []
        return values


class Client:
    """Speaks with a server. Safe to use from several threads."""

    def __init__(self, address: str, key: str, timeout: float = 30.0, patience: float = 120.0) -> None:
        """address: the server's, as https://tuning.example. timeout: seconds that one request may take. patience: seconds in which it is made again."""
        self._root = address.rstrip("/") + "/api/v1/"
        self._key = key
        self._timeout = timeout
        self._patience = patience

    # Studies

    def create(self, name: str, minimum: Optional[float] = None, maximum: Optional[float] = None, *, idempotency_key: Optional[str] = None,
               anchors: Optional[Sequence[Dict[str, Any]]] = None, **definition: Any) -> Dict[str, Any]:
        """Begins a study: of one hyperparameter from minimum to maximum, or of several by hyperparameters=["lr=1e-5..1e-1:log", "layers=1..4:int", "act=relu,gelu"].
        definition: its further members as the API spells them (maxTrainings, scale, objective, columns, rows ...). With the same idempotency_key the same study comes
        back, also after this program was started again; without one each call begins a study."""
        ends = {"minimum": minimum, "maximum": maximum}
        body: Dict[str, Any] = {"definition": {"name": name, **{end: value for end, value in ends.items() if value is not None}, **definition}}
        if anchors is not None:
            body["anchors"] = list(anchors)
        return self._ask("POST", "studies", body, headers={"Idempotency-Key": idempotency_key or str(uuid.uuid4())})

    def study(self, study: str) -> Dict[str, Any]:
        """A study as it stands; its result is None before its end."""
        return self._ask("GET", f"studies/{study}")

    def studies(self, search: Optional[str] = None) -> Iterator[Dict[str, Any]]:
        """All studies, newest first."""
        after: Optional[str] = None
        while True:
            query = {"size": 200, "search": search, "after": after}
            page = self._ask("GET", "studies?" + urllib.parse.urlencode({name: value for name, value in query.items() if value is not None}))
            yield from page
            if len(page) < 200:
                return
            after = page[-1]["id"]

    def trials(self, study: str) -> List[Dict[str, Any]]:
        """A study's trials, by number."""
        return self._ask("GET", f"studies/{study}/trials")

    def pause(self, study: str) -> Dict[str, Any]:
        return self._ask("POST", f"studies/{study}/pause")

    def resume(self, study: str) -> Dict[str, Any]:
        return self._ask("POST", f"studies/{study}/resume")

    def cancel(self, study: str, reason: Optional[str] = None) -> Dict[str, Any]:
        return self._ask("POST", f"studies/{study}/cancel", {"reason": reason})

    def delete(self, study: str) -> None:
        """Deletes a study that has ended."""
        self._ask("DELETE", f"studies/{study}")

    def enqueue(self, study: str, values: Sequence[Union[float, Dict[str, Union[float, str]]]]) -> Dict[str, Any]:
        """Has values of one's own choice trained next: numbers, or of several hyperparameters dictionaries by name."""
        name = "configurations" if any(isinstance(value, dict) for value in values) else "lambdas"
        return self._ask("POST", f"studies/{study}/enqueue", {name: list(values)})

    # Work

    def ask(self, worker: str, study: Optional[str] = None, slot: int = 0, lease_for: Optional[float] = None, wait_for: float = 0.0) -> Optional[Training]:
        """Asks for a training; None where there is none now. lease_for: seconds that it is wanted without a renewal. wait_for: whole seconds that the server may wait
        for one, at most 60. Who holds one gets it again, so each process needs a worker's name or a slot of its own."""
        body = _claim(worker, study, slot, lease_for)
        if wait_for >= 1.0:
            # The answer comes within this client's own patience with a request.
            body["waitFor"] = _span(min(60.0, wait_for, max(1.0, self._timeout - 5.0)))
        claimed = self._ask("POST", "attempts/claim", body)
        return None if claimed is None else Training(self, claimed, worker, slot)

    def renew(self, training: Training, progress: Optional[float] = None, values: Optional[Sequence[Dict[str, float]]] = None) -> Dict[str, Any]:
        """Keeps a training: its members holds, stop and kill say whether to go on. values: what it measured since, each with its step and value; at most 1000."""
        return self._ask("POST", f"attempts/{training.attempt}/renew", {"lease": training.lease, "progress": progress, "values": list(values) if values else None})

    def attempts(self, study: str, trial: Optional[int] = None) -> List[Dict[str, Any]]:
        """Attempts at a study's trials, or at one of them."""
        return self._ask("GET", f"studies/{study}/attempts" + ("" if trial is None else f"?trial={trial}"))

    def values(self, study: str, attempt: str) -> List[Dict[str, float]]:
        """What an attempt measured on its way, by step."""
        return self._ask("GET", f"studies/{study}/attempts/{attempt}/values")

    def tell(self, training: Training, result: Union[float, Sequence[Sequence[float]]], ask_next: bool = False) -> Optional[Training]:
        """Hands in a value, or outputs as rows of numbers; with ask_next the study's next training comes back with it, None where there is none now."""
        number, rows = _numbers(result)
        body: Dict[str, Any] = {"lease": training.lease}
        if rows is None:
            body["value"] = number
        else:
            body["outputs"] = rows
        if ask_next:
            body["next"] = _claim(training.worker, training.study, training.slot, None)
        told = self._ask("POST", f"attempts/{training.attempt}/tell", body)
        return Training(self, told["next"], training.worker, training.slot) if told.get("next") else None

    def tell_failed(self, training: Training, reason: str, state: str = "failed") -> None:
        """Says that a training ended without a result; state: failed, timedOut, preempted or cancelled."""
        self._ask("POST", f"attempts/{training.attempt}/tell", {"lease": training.lease, "state": state, "reason": reason[:1000]})

    def work(self, study: str, train: Callable[[Training], Union[float, Sequence[Sequence[float]]]], worker: Optional[str] = None, slot: int = 0, poll: float = 20.0) -> int:
        """Trains for a study until it has ended, and says how many trainings succeeded. train: takes a Training, and gives its value or its outputs; an exception is a
        failed training. The lease is renewed in a thread meanwhile; a training that calls Training.report can be stopped. poll: seconds in which the server may wait for a training before the study's state is looked at."""
        name = worker or f"{socket.gethostname()}-{os.getpid()}"
        done = 0
        training: Optional[Training] = None
        while True:
            if training is None:
                training = self.ask(name, study, slot, wait_for=poll)
            if training is None:
                if self.study(study)["state"] in ENDED:
                    return done
                time.sleep(min(poll, 1.0))
                continue
            held, training = training, None
            with _Renewals(self, held):
                try:
                    result = train(held)
                    number, rows = _numbers(result)
                    wrong = next((value for row in rows or [[number]] for value in row if not math.isfinite(value)), None)
                    if wrong is not None:
                        # Another attempt would bring the same.
                        self._tell_failed_if_held(held, f"bad-output: it holds {wrong}; expected finite numbers", "failed")
                        continue
                except Stopped as stopped:
                    self._tell_failed_if_held(held, str(stopped), "cancelled")
                    continue
                except KeyboardInterrupt:
                    self._tell_failed_if_held(held, "interrupted", "preempted")
                    raise
                except Exception as problem:  # whatever a training dies of
                    self._tell_failed_if_held(held, f"{type(problem).__name__}: {problem}", "failed")
                    continue
            training = self.tell(held, result, ask_next=True)
            done += 1

    def _tell_failed_if_held(self, training: Training, reason: str, state: str) -> None:
        try:
            self.tell_failed(training, reason, state)
        except HtiTuneError as refusal:
            # Another worker has the training by now.
            if refusal.status != 409:
                raise

    # Answers

    def predict(self, study: str, configurations: Sequence[Dict[str, Union[float, str]]]) -> Dict[str, Any]:
        """What is believed of the objective at configurations of several hyperparameters."""
        return self._ask("POST", f"studies/{study}/predict", {"configurations": list(configurations)})

    def outlook(self, study: str, trainings: int = 10) -> Optional[Dict[str, Any]]:
        """What further trainings are expected to gain over the best trained value, without one: gains of 1, 2, ... of them, and the limit."""
        return self._ask("GET", f"studies/{study}/outlook?trainings={int(trainings)}")

    def describe(self, study: str, tags: Optional[Sequence[str]] = None, notes: Optional[str] = None) -> Dict[str, Any]:
        """Sets a study's tags and notes; None leaves what there is."""
        return self._ask("PATCH", f"studies/{study}", {name: value for name, value in (("tags", None if tags is None else list(tags)), ("notes", notes)) if value is not None})

    def sample(self, study: str, value: float, conditions: Optional[Sequence[Sequence[float]]] = None, rows: Optional[int] = None) -> List[List[float]]:
        """Outputs at any value of the hyperparameter, by the study's surrogate: one row for each row of conditions, or so many draws."""
        body: Dict[str, Any] = {"lambda": value}
        body.update({"conditions": [list(row) for row in conditions]} if conditions is not None else {"rows": rows or 1})
        return self._ask("POST", f"surrogates/{study}/sample", body)["outputs"]

    def prefer(self, study: str, objective: str, goal: str = "minimize", may_train: int = 0) -> Dict[str, Any]:
        """Another objective over the same trainings: the best value at once. may_train: so many further trainings may follow."""
        return self._ask("POST", f"studies/{study}/preferences", {"objective": objective, "goal": goal, "mayTrain": may_train}, is_safe=False)

    def curve(self, study: str) -> Optional[Dict[str, Any]]:
        """What is believed about the objective; None before the first value."""
        return self._ask("GET", f"studies/{study}/curve")

    def events(self, study: str, after: int = 0, follow: bool = True) -> Iterator[Dict[str, Any]]:
        """Events of a study as they come, until it has ended, each with sequence, kind and data; goes on where a line is cut."""
        began = time.monotonic()
        while True:
            request = self._request("GET", f"studies/{study}/events?follow={'true' if follow else 'false'}", None, {"Last-Event-ID": str(after), "Accept": "text/event-stream"})
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as stream:
                    event: Dict[str, Any] = {}
                    for raw in stream:
                        line = raw.decode("utf-8").rstrip("\r\n")
                        name, _, text = line.partition(": ")
                        if name == "id":
                            event["sequence"] = int(text)
                        elif name == "event":
                            event["kind"] = text
                        elif name == "data":
                            event["data"] = json.loads(text)
                        elif line.startswith(":"):
                            # The line lives, and nothing happens: perhaps nothing will.
                            if self.study(study)["state"] in ENDED:
                                return
                        elif not line and "sequence" in event:
                            after, began = event["sequence"], time.monotonic()
                            yield event
                            event = {}
                if not follow or self.study(study)["state"] in ENDED:
                    return
            except urllib.error.HTTPError as refusal:
                if refusal.code not in (429, 503) or time.monotonic() - began > self._patience:
                    raise _error(refusal) from None
            except (urllib.error.URLError, OSError):
                if time.monotonic() - began > self._patience:
                    raise
            time.sleep(1.0)

    # HTTP

    def _request(self, method: str, path: str, body: Any, headers: Optional[Dict[str, str]]) -> urllib.request.Request:
        data = None if body is None else json.dumps({name: value for name, value in body.items() if value is not None}, allow_nan=False).encode("utf-8")
        request = urllib.request.Request(self._root + path, data=data, method=method)
        request.add_header("Authorization", "Bearer " + self._key)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        return request

    def _ask(self, method: str, path: str, body: Any = None, headers: Optional[Dict[str, str]] = None, is_safe: bool = True) -> Any:
        """is_safe: whether the same request may be made again where its answer was lost. Claims, renewals and results may: the server knows them again."""
        began = time.monotonic()
        wait = 0.5
        while True:
            try:
                with urllib.request.urlopen(self._request(method, path, body, headers), timeout=self._timeout) as answer:
                    text = answer.read()
                    if answer.status != 202 or not answer.headers.get("Retry-After"):
                        return json.loads(text) if text else None
                    # It is being computed, and is asked for again until it is there.
                    pause = float(answer.headers["Retry-After"])
            except urllib.error.HTTPError as refusal:
                pause = float(refusal.headers.get("Retry-After") or wait)
                if not (refusal.code == 429 or refusal.code == 503 and is_safe) or time.monotonic() - began + pause > self._patience:
                    raise _error(refusal) from None
            except (urllib.error.URLError, OSError) as away:
                pause = wait
                if not is_safe or time.monotonic() - began + pause > self._patience:
                    raise HtiTuneError(0, f"the server was not reached: {away}") from away
            time.sleep(pause)
            wait = min(10.0, 2 * wait)


class _Renewals:
    """Renews a lease in a thread while a training goes on."""

    def __init__(self, client: Client, training: Training) -> None:
        self._client = client
        self._training = training
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="htitune-lease", daemon=True)

    def __enter__(self) -> "_Renewals":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        self._thread.join()
        if self._training._values:
            try:
                self._once()
            except HtiTuneError:
                pass  # they are for pages: the result does not wait for them

    def _once(self) -> Dict[str, Any]:
        values = self._training._take()
        try:
            return self._client.renew(self._training, self._training._progress, values)
        except HtiTuneError:
            self._training._keep(values, first=True)
            raise

    def _renew(self) -> None:
        while not self._over.wait(self._training.renew_every):
            try:
                lease = self._once()
            except HtiTuneError as refusal:
                # A server that is away comes back; one that refuses has given the training to another.
                if refusal.status not in (0, 429, 503):
                    self._training._stopping.set()
                    return
                continue
            if not lease["holds"] or lease["stop"] or lease["kill"]:
                self._training._stopping.set()


def _numbers(result: Any) -> Tuple[float, Optional[List[List[float]]]]:
    """A value, or rows of outputs; a number may be one of NumPy or of a framework, which have no length or no axis."""
    if not hasattr(result, "__len__") or getattr(result, "ndim", None) == 0:
        return float(result), None
    return math.nan, [[float(value) for value in row] for row in result]


def _claim(worker: str, study: Optional[str], slot: int, lease_for: Optional[float]) -> Dict[str, Any]:
    claim: Dict[str, Any] = {"worker": worker, "slot": slot, "study": study, "leaseFor": None if lease_for is None else _span(lease_for)}
    return {name: value for name, value in claim.items() if value is not None}


def _error(refusal: urllib.error.HTTPError) -> HtiTuneError:
    text = refusal.read().decode("utf-8", "replace")
    try:
        return HtiTuneError(refusal.code, json.loads(text).get("detail") or text)
    except (ValueError, AttributeError):
        return HtiTuneError(refusal.code, text[:500] or str(refusal.reason))


def _seconds(span: str) -> float:
    """A span of time as the API writes it, [days.]hours:minutes:seconds[.fraction], in seconds."""
    found = re.fullmatch(r"(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)", span)
    if found is None:
        raise ValueError(f"'{span}' is no span of time; expected [days.]hours:minutes:seconds")
    days, hours, minutes, seconds = found.groups()
    return int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _span(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 86400}.{whole % 86400 // 3600:02}:{whole % 3600 // 60:02}:{whole % 60:02}"
