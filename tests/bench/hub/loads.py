"""The load generator and the bare server beside which the hub is measured."""
import json
import re
import subprocess
import sys

from bench_hub import BUILD


def load(target, pid, method, path, requests, *options):
    out = subprocess.run([BUILD / "bench_http_load", target, method, path, "--requests", str(requests), "--pid", str(pid),
                          *options], capture_output=True, text=True, check=True).stdout
    result = json.loads(out)
    if result["non_2xx"] or result["broken"]:
        sys.exit(f"{method} {path}: {out}")
    return result


def per_cpu(result):
    return result["requests_per_cpu_s"]


def bare_server():
    process = subprocess.Popen([BUILD / "bench_http_bare"], stdout=subprocess.PIPE, text=True)
    port = re.search(r"(\d+)\s*$", process.stdout.readline())[1]
    return process, f"127.0.0.1:{port}"
