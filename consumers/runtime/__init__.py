"""The one consumer loop: poll → batch → commit, for the correlator, the projections and the notifier."""

from consumers.runtime.interpreter import settle
from consumers.runtime.lanes import Lanes
from consumers.runtime.loop import AfterCommit, Handler, Loop
from consumers.runtime.retry import Retry

__all__ = ["AfterCommit", "Handler", "Lanes", "Loop", "Retry", "settle"]
