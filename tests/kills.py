#!/usr/bin/env python3
"""Kills ActorLoad, its daemon, its embedded server and a redis-server at random moments, and looks at what is left.

    ACTORLOAD=src/Host/bin/Release/net10.0/actorload tests/kills.py [--count 1000] [--seed 1] [--jobs 2] [--seconds 600]

Each trial starts a storm, waits a random time and sends SIGKILL, SIGTERM or SIGINT to one of the four. Then this must hold:
  - every file of results is whole, and all files of a directory are of one run (the directory is used again and again);
  - the books balance in each result, and in each last sample;
  - a run that was asked to stop after its first burst has a result, and so has one whose server was killed;
  - no lock is left: the next run takes the directory, the next daemon takes the results and answers for each run;
  - no process of the trial is left.
Exit code 1 if anything does not. Uses ports of loopback only."""
import argparse
import base64
import concurrent.futures
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zlib

ACTORLOAD = os.path.abspath(os.environ.get("ACTORLOAD", "src/Host/bin/Release/net10.0/actorload"))
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]
LOAD = "load=[{ connections = 40, count = 12, gap = 50ms }]"
LIMIT = 60  # seconds in which everything that must end has ended


class Broken(Exception):
    """Something that must hold does not."""


def expect(holds, words):
    if not holds:
        raise Broken(words)


def free_port():
    """A port that no connection of another program is given between this look and the server's bind."""
    for _ in range(1000):
        port = random.randrange(10_000, 32_768)  # below what Linux gives to connections
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise Broken("no port is free")


def start(*arguments, **options):
    options.setdefault("stdout", subprocess.DEVNULL)
    options.setdefault("stderr", subprocess.PIPE)
    return subprocess.Popen([ACTORLOAD, *arguments], stdin=subprocess.DEVNULL, text=True, **options)


def ended(process):
    try:
        _, errors = process.communicate(timeout=LIMIT)
        return process.returncode, errors or ""
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Broken(f"{process.args[1]} did not end within {LIMIT} s") from None


def redis(work):
    for _ in range(5):  # in case another program took the port between the look and the bind
        port = free_port()
        server = subprocess.Popen(["redis-server", "--port", str(port), "--save", "", "--dir", work], stdout=subprocess.DEVNULL)
        until = time.monotonic() + LIMIT
        while server.poll() is None and time.monotonic() < until:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    return server, port
            time.sleep(0.02)
        server.kill()
        server.wait()
    raise Broken("redis-server did not start")


def balance(result, whose):
    counts = result["connections"]
    expect(counts["planned"] == counts["opened"] + counts["dropped"], f"{whose}: planned is not opened + dropped: {counts}")
    outcomes = sum(result["outcomes"].values())
    open_now = result.get("open", 0)
    expect(counts["opened"] == outcomes + open_now, f"{whose}: opened is not outcomes + open: {counts}, {outcomes}, {open_now}")
    expect(result["attempts"] == counts["opened"] + result["retries"], f"{whose}: attempts are not opened + retries")


def header_of(directory):
    """The id in a directory's header; None if there is none."""
    try:
        return json.load(open(os.path.join(directory, "run.json"), encoding="utf-8"))["id"]
    except FileNotFoundError:
        return None


def wait_for(holds):
    until = time.monotonic() + LIMIT
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)


def counts_of(payload):
    """The number of values in a histogram of the log: HdrHistogram's V2 encoding."""
    packed = base64.b64decode(payload, validate=True)
    expect(int.from_bytes(packed[4:8], "big") == len(packed) - 8, "a histogram of another length than it says")
    words = zlib.decompress(packed[8:])[40:]
    total, word, shift = 0, 0, 0
    for byte in words:
        word |= (byte if shift == 56 else byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 or shift > 56:
            total += max(0, word >> 1 if word & 1 == 0 else 0)
            word, shift = 0, 0
    return total


def connects_of(directory, run):
    """Reads histograms.hlog; answers with the number of connects in it."""
    with open(os.path.join(directory, "histograms.hlog"), encoding="utf-8") as log:
        lines = log.read().split("\n")
    total = 0
    for line in lines[:-1]:  # what follows the last newline was being written
        if line.startswith("#[ActorLoad run "):
            expect(line.startswith(f"#[ActorLoad run {run}:"), f"histograms of another run beside the header of {run}: {line}")
        elif not line.startswith(("#", '"')):
            tag, _, _, _, payload = line.split(",")
            values = counts_of(payload)
            expect(values > 0, f"a line without values: {line}")
            total += values if tag == "Tag=connect" else 0
    return total


def look(directory):
    """Reads a directory of results; answers with the id in it and whether it has a result."""
    header = os.path.join(directory, "run.json")
    if not os.path.exists(header):
        expect(not os.path.exists(os.path.join(directory, "result.json")), "a result without a header")
        return None, False
    run = json.load(open(header, encoding="utf-8"))["id"]
    last = None
    connects = {0}
    with open(os.path.join(directory, "samples.jsonl"), encoding="utf-8") as samples:
        lines = samples.read().split("\n")
    for line in lines[:-1]:  # what follows the last newline was being written
        last = json.loads(line)
        expect(last["runId"] == run, f"a sample of {last['runId']} beside the header of {run}")
        connects.add(last["latency"].get("connect", {"count": 0})["count"])
    if last:
        balance(last, "last sample")
    merged = connects_of(directory, run)
    expect(merged in connects, f"histograms of {merged} connects, and samples of {sorted(connects)}")
    file = os.path.join(directory, "result.json")
    if not os.path.exists(file):
        return run, False
    result = json.load(open(file, encoding="utf-8"))
    expect(result["run"]["id"] == run, f"the result of {result['run']['id']} beside the header of {run}")
    balance(result, "result")
    expect(not last or result["connections"]["planned"] >= last["connections"]["planned"], "the result knows less than the last sample")
    return run, True


def kill_run(work, chance):
    out = os.path.join(work, "out")
    server, port = redis(work)
    try:
        before = header_of(out)
        embedded = chance.random() < 0.3
        target = [] if embedded else ["--target", f"127.0.0.1:{port}"]
        run = start("run", *target, "--out", out, "--set", LOAD, "--set", "metrics.interval=100ms")
        if chance.random() < 0.7:
            wait_for(lambda: run.poll() is not None or header_of(out) not in (None, before))  # then its storm begins
        time.sleep(chance.uniform(0, 2))
        which = chance.choice(SIGNALS)
        run.send_signal(which)
        if which != signal.SIGKILL and chance.random() < 0.5:
            time.sleep(chance.choice([0, 0.001, 0.02, 0.3]))
            run.send_signal(chance.choice(SIGNALS[1:]))
        code, errors = ended(run)
        expect("another run writes there" not in errors, "a lock was left behind")
        expect("   at " not in errors, errors)
        if not os.path.exists(out):
            return f"run {which.name} early"
        after, has_result = look(out)
        expect(code not in (0, 130) or after == before or has_result, f"exit code {code} and no result")
        expect(code in (0, 130) or (code == -which == -signal.SIGKILL) or (code < 0 and after == before), f"exit code {code}: {errors}")
        return f"run {which.name} {'early' if after == before else 'with a result' if has_result else 'with samples'}"
    finally:
        server.kill()
        server.wait()


def kill_server(work, chance):
    """The server dies under a run: the run ends by itself, with its result."""
    out = os.path.join(work, "out")
    before = header_of(out)
    embedded = chance.random() < 0.5
    if embedded:
        server = start("target", "--port", "0", stdout=subprocess.PIPE)
        line = server.stdout.readline()
        if not line.startswith("ready "):
            server.kill()
            raise Broken(f"the target was not ready: {line}{server.communicate()[1]}")
        port = int(line.rsplit(":", 1)[1])
    else:
        server, port = redis(work)
    try:
        run = start("run", "--target", f"127.0.0.1:{port}", "--out", out, "--set", LOAD, "--set", "metrics.interval=100ms")
        wait_for(lambda: run.poll() is not None or header_of(out) not in (None, before))
        time.sleep(chance.uniform(0, 2))
        which = chance.choice(SIGNALS)
        server.send_signal(which)
        code, errors = ended(run)
        expect("   at " not in errors, errors)
        expect(code in (0, 3, 4), f"exit code {code}: {errors}")
        _, has_result = look(out)
        expect(has_result, f"no result, exit code {code}: {errors}")
        if embedded:
            code, errors = ended(server)
            expect(code in (130, -which), f"target: exit code {code}: {errors}")
        return f"{'target' if embedded else 'server'} {which.name}, run {'unhurt' if run.returncode == 0 else 'hurt'}"
    finally:
        server.kill()
        server.communicate()


def daemon(work):
    process = start("serve", "--set", "daemon.url=http://127.0.0.1:0", "--set", f"daemon.results={work}/results", stdout=subprocess.PIPE)
    line = process.stdout.readline()
    if line.startswith("listening on "):
        return process, line.split()[-1]
    process.kill()
    raise Broken(f"the daemon does not listen: {process.communicate()[1]}")


def ask(url, body=None):
    with urllib.request.urlopen(url, body.encode() if body else None, timeout=LIMIT) as answer:
        return json.loads(answer.read())


def kill_daemon(work, chance):
    server, port = redis(work)
    try:
        first, url = daemon(work)
        try:
            file = f'actorload {{ target.endpoints = ["127.0.0.1:{port}"], {LOAD}, metrics.interval = 100ms }}'
            runs = [ask(f"{url}/runs", file)["id"] for _ in range(chance.randint(1, 3))]
            time.sleep(chance.uniform(0, 2))
        finally:
            which = chance.choice(SIGNALS)
            first.send_signal(which)
            code, errors = ended(first)
        expect("   at " not in errors, errors)
        expect(code in (130, -which), f"serve: exit code {code}: {errors}")
        again, url = daemon(work)
        try:
            states = {row["id"]: row["state"] for row in ask(f"{url}/runs")}
            for run in runs:
                expect(states.get(run) in ("finished", "interrupted"), f"run {run} is {states.get(run)}")
                balance(ask(f"{url}/runs/{run}"), run)
                look(os.path.join(work, "results", run))
        finally:
            again.terminate()
            expect(ended(again)[0] == 130, "the second daemon did not end")
        shutil.rmtree(os.path.join(work, "results"))
        return f"serve {which.name}"
    finally:
        server.kill()
        server.wait()


def left_of(work):
    """Processes that still have the directory of a trial in their command line."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = open(f"/proc/{entry}/cmdline", "rb").read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if work in line:
            found.append(line)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3600, help="begin no trial after this time")
    options = parser.parse_args()
    for each in (signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)  # a shell has them ignored by what it starts with `&`, and by all that that starts
    kinds = [kill_run, kill_run, kill_server, kill_daemon]
    places = threading.local()
    until = time.monotonic() + options.seconds
    counted, broken, done, lock = {}, [], set(), threading.Lock()

    def trial(number):
        if time.monotonic() > until:
            return
        if not hasattr(places, "work"):
            places.work = tempfile.mkdtemp(prefix="actorload-kills-")
            done.add(places.work)
        chance = random.Random(options.seed * 1_000_003 + number)
        kind = kinds[number % len(kinds)]
        try:
            words = kind(places.work, chance)
            left = left_of(places.work)
            expect(not left, f"left behind: {left}")
        except (Broken, OSError, ValueError, KeyError) as problem:
            with lock:
                broken.append(number)
            words = f"{kind.__name__} BROKEN"
            print(f"trial {number}, {kind.__name__}: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
            kept, places.work = places.work, tempfile.mkdtemp(prefix="actorload-kills-")
            done.add(places.work)
            done.discard(kept)
            print(f"  its files: {kept}", file=sys.stderr, flush=True)
        with lock:
            counted[words] = counted.get(words, 0) + 1

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(trial, range(options.count)))
    for work in done:
        shutil.rmtree(work)
    for words in sorted(counted):
        print(f"{counted[words]:6} {words}")
    print(f"{sum(counted.values())} trials, {len(broken)} broken (seed {options.seed}){': ' + str(broken) if broken else ''}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
