"""Post a job, upload a CSV, wait for it, fetch the predictions: with nothing but an HTTP library.

    python3 examples/client.py [FILE [TARGET [GOAL]]]

The server is at AUTOML_URL (http://127.0.0.1:8006 unless set): start it with `npm start`.
"""

import json
import os
import sys
import time
import urllib.request
import uuid
from pathlib import Path

BASE = os.environ.get("AUTOML_URL", "http://127.0.0.1:8006")
HERE = Path(__file__).parent


def call(method: str, route: str, body: bytes | None = None, content_type: str = "application/json") -> bytes:
    request = urllib.request.Request(BASE + route, data=body, method=method)
    if body is not None:
        request.add_header("Content-Type", content_type)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def upload(job_id: str, path: Path) -> dict[str, str]:
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
    body = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return json.loads(call("POST", f"/jobs/{job_id}/upload", body, f"multipart/form-data; boundary={boundary}"))


def main(
    file: str = str(HERE / "bike_sharing_daily.csv"),
    target: str = "total_rentals",
    goal: str = "Forecast the total rentals for the next 14 days",
) -> int:
    job = {"name": Path(file).stem, "prompt": goal, "target_column": target, "max_models": 3}
    job_id = json.loads(call("POST", "/jobs", json.dumps(job).encode()))["job_id"]
    print(upload(job_id, Path(file))["message"])

    while not (state := json.loads(call("GET", f"/jobs/{job_id}")))["final"]:
        print(f"{state['status']:24} {state['progress']:3} %  {state['doing'] or ''}")
        time.sleep(2)
    print(state["status"], state["error_message"] or "")
    if state["status"] != "completed":
        return 1

    predictions = call("GET", f"/jobs/{job_id}/predictions_csv").decode()
    print(predictions)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
