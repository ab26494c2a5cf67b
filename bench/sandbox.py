"""`python -m bench.sandbox [--records N] [--households N]`: a draft over the history, beside the correlator that made it.

One worker takes the records of two counties first; then drafts of 双江's pack are tried on what it stored, in a process of
its own. The ratio is of records of the history a second, all within this run: the register is not counted on either side.
"""

import argparse
import json
import subprocess
import sys

from bench.machine import describe
from bench.measured import run
from bench.servers import hub_servers
from bench.workload import documents, interleave, make
from fangpin import database
from fangpin.kafka import Producer
from fangpin.settings import Settings

WANTED = 20


def main() -> None:
    """Publish, let the correlator take it, try each draft, print the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--households", type=int, default=20_000)
    asked = parser.parse_args()
    print(describe(), flush=True)
    of = documents(2)
    counties = [make(code, own, asked.households // 2, asked.records // 2) for code, own in of.items()]
    count = sum(len(one.records) for one in counties)
    with hub_servers() as settings:
        producer = Producer(settings.bootstrap_servers)
        for one in counties:
            producer.publish(one.preparation)
        run("bench.correlator_worker", settings, "2")
        for turn in interleave([one.records for one in counties]):
            producer.publish(turn)
        producer.close()
        live = run("bench.correlator_worker", settings, "2")
        with database.connect(settings.database_url, autocommit=True) as conn:
            conn.execute("ANALYZE")
        rate = count / live.wall_s
        print(
            f"{count} records, {asked.households} households, 2 counties; correlator, one worker: {rate:,.0f}/s",
            flush=True,
        )
        made, *drafts = _drafts(settings)
        print(f"blocks of one county made in {made['seconds']:.2f} s, before the trials", flush=True)
        for found in drafts:
            ratio = found["rate"] / rate
            print(
                f"{found['draft']}: {found['records']} records, {found['looked_at']} of them looked at, {found['seconds']:.2f} s, "
                f"{found['rate']:,.0f}/s · {ratio:.1f} times the correlator ({WANTED} wanted) · {found['appears']} appear, "
                f"{found['disappears']} disappear"
            )


def _drafts(settings: Settings) -> list[dict[str, float]]:
    command = [sys.executable, "-m", "bench.sandbox_replay", settings.database_url, str(settings.secret_file)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    main()
