"""What a form of one of our own pages holds."""

from typing import Any
from urllib.parse import parse_qs

from litestar import Request

from fangpin.ports import HttpProblem
from services.access.door import same_origin

MAX_FORM = 64 * 1024


def form_of(request: Request[Any, Any, Any], body: bytes) -> dict[str, str]:
    """The fields, the last of each name. Raises `HttpProblem` 403 for a form of somebody else's page."""
    same_origin(request)  # also of those who are not signed in: nobody is signed in, or out, by another site
    if len(body) > MAX_FORM:
        raise HttpProblem(413, "BODY_TOO_LARGE", "提交的内容太大。")
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        raise HttpProblem(400, "FORM_INVALID", "提交的内容无法读取。") from None
    return {name: values[-1] for name, values in fields.items()}
