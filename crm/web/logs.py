"""Logs: one JSON object a line, UTC, a reference, no personal data."""

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask_login import current_user

_PLAIN = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes a record as JSON; of an exception only its type and where it was raised."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # Libraries put addresses and values into what they log; the sentence itself has none.
            "message": record.getMessage() if record.name.startswith("crm.") else str(record.msg),
        }
        line.update({key: value for key, value in record.__dict__.items() if key not in _PLAIN})
        if record.exc_info and record.exc_info[0] is not None:
            # The message of an exception may quote what somebody typed.
            line["exception"] = record.exc_info[0].__name__
            line["at"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=True, default=str)


def _places(traceback: Any) -> list[str]:
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-8:]


def _asked() -> dict[str, Any]:
    return {
        "reference": g.get("reference", ""),
        "method": request.method,
        # The rule, not the address: addresses hold names, tokens and search words.
        "route": request.url_rule.rule if request.url_rule else None,
    }


def _log_crash(exc_info: Any) -> None:
    logging.getLogger("crm.errors").error("crash", exc_info=exc_info, extra=_asked())


def prepare_logs(app: Flask) -> None:
    """Write requests and errors as JSON to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger("crm")
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    root.propagate = False
    for logger in (app.logger, logging.getLogger("waitress")):
        logger.handlers[:] = [handler]
        logger.propagate = False
    app.log_exception = _log_crash  # type: ignore[method-assign]
    access = logging.getLogger("crm.access")

    @app.before_request
    def start_clock() -> None:
        g.started = time.monotonic()

    @app.after_request
    def write(response: Response) -> Response:
        if request.endpoint != "static" and has_request_context():
            access.info(
                "request",
                extra={
                    **_asked(),
                    "status": response.status_code,
                    "milliseconds": round(1000 * (time.monotonic() - g.get("started", 0))),
                    "user": current_user.id if current_user.is_authenticated else None,
                },
            )
        return response
