"""Names that an operator gives to accounts and tokens."""

MAX_NAME = 64


class CannotKeepError(Exception):
    """What was asked for cannot be; the text says why and what to do, in Chinese."""


def check_name(what: str, name: str) -> None:
    """Raises `CannotKeepError` for a name that could not be told from another."""
    if not name.strip() or name != name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise CannotKeepError(f"{what}“{name}”不能用：请用1至{MAX_NAME}个字，前后没有空格。")
