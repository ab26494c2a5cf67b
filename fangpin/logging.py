"""Logs: one JSON object a line, without personal data; identity numbers never reach a log call."""

import logging
import sys

import structlog


def configure(process: str) -> None:
    """Set up structlog for a process; third parties' warnings come out in the same form."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    structlog.contextvars.bind_contextvars(process=process)
    logging.basicConfig(level=logging.WARNING, format='{"level":"warning","logger":"%(name)s","event":%(message)r}')
