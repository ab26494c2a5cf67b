"""What the clients know: an acknowledgement counts only after it lies on the disk, so that a check believes no memory."""

import json
import os
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any


class Journal:
    """Lines of JSON, each synced before it counts: acknowledged batches, and answers that were none."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._path = path
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def acknowledged(self, way: str, records: list[dict[str, Any]], **more: Any) -> None:
        """The hub, or the broker, has said that it has these."""
        keys = [[raw["feed"], raw["county_code"], raw["record_id"], raw["revision"]] for raw in records]
        self._write({"type": "ok", "way": way, "at": time.time(), "keys": keys, **more})
        with self._lock:
            self.counts[f"{way}: acknowledged"] += len(records)

    def not_acknowledged(self, way: str, why: str) -> None:
        """No answer, or a refusal that says to come again."""
        self._write({"type": "info", "way": way, "at": time.time(), "why": why})
        with self._lock:
            self.counts[f"{way}: {why}"] += 1

    def read(self, kind: str = "ok") -> list[dict[str, Any]]:
        """The lines of a type, from the disk."""
        lines = [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]
        return [line for line in lines if line["type"] == kind]

    def close(self) -> None:
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        with self._lock:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
