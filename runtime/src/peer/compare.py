#!/usr/bin/env python3
"""Runs Fovea's benches and their PyTorch peers in turn on this machine, and prints the ratios as a Markdown table.

Alternating rounds, because machines are noisy: what disturbs one side disturbs the other, and the median of the rounds
is taken of each side. Needs python3 with torch (Debian: python3-torch and libopenblas0-pthread, without which its
products are 50 times slower).

usage: compare.py kernels|step|look [--threads N] [--rounds N] [--filter TEXT] [--python COMMAND]
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SPEC = ROOT / "experiments/scaling/vit192-step.yaml"


def fovea(arguments):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "bench.json"
        subprocess.run(["bash", str(ROOT / "bin/fovea"), "bench", *arguments, "--json", str(file)], check=True,
                       stdout=subprocess.DEVNULL)
        return json.loads(file.read_text())["measurements"]


def peer(options, script, arguments):
    command = [options.python, str(HERE / script), "--threads", str(options.threads), *arguments]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def kernels(options):
    """{name: ({provider: seconds}, peer's seconds)} of one round"""
    theirs = {m["name"]: m["seconds"] for m in peer(options, "kernels.py", ["--filter", options.filter])["measurements"]}
    ours = {}
    for m in fovea(["kernels", "--threads", str(options.threads), "--filter", options.filter]):
        name, provider = m["name"], "cpu"
        for each in ("java", "onednn"):
            if name.endswith(" " + each):
                name, provider = name[: -len(each) - 1], each
        ours.setdefault(name, {})[provider] = m["seconds"]
    return {name: (ours[name], theirs[name]) for name in ours if name in theirs}


def steps(options):
    look = options.what == "look"
    theirs = peer(options, "step.py", ["--steps", "5"] + ["--look"] * look)
    ours = fovea(["step", str(SPEC), "--threads", str(options.threads), "--steps", "5"] + ["--inference"] * look)
    print(f"  peak memory: fovea {ours[0]['facts']}, torch {theirs['peak_mib']} MiB", file=sys.stderr)
    return {options.what: ({"cpu": ours[0]["seconds"]}, theirs["median_s"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("kernels", "step", "look"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--filter", default="")
    parser.add_argument("--python", default="/usr/bin/python3")
    options = parser.parse_args()
    rounds = []
    for i in range(options.rounds):
        print(f"round {i + 1} of {options.rounds}", file=sys.stderr)
        rounds.append(kernels(options) if options.what == "kernels" else steps(options))
    print("| what | provider | Fovea, ms | torch, ms | torch / Fovea |")
    print("|---|---|---|---|---|")
    for name, (providers, _) in rounds[0].items():
        theirs = statistics.median(r[name][1] for r in rounds)
        for provider in providers:
            ours = statistics.median(r[name][0][provider] for r in rounds)
            print(f"| {name} | {provider} | {ours * 1e3:.2f} | {theirs * 1e3:.2f} | {theirs / ours:.2f} |")


if __name__ == "__main__":
    main()
