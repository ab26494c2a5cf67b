"""A server that is frozen, as by a hypervisor or a hung disk: its sockets take what comes, and nothing answers."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """The process and all that it has started are stopped for as long as the block lasts."""
    parent = psutil.Process(pid)
    processes = [parent, *parent.children(recursive=True)]
    for one in processes:
        one.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for one in processes:
            one.send_signal(signal.SIGCONT)
