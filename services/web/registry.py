"""The routes of a Confluent schema registry that change nothing, over the committed schemas; open: schemas hold no secrets."""

import json
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin import avro

_TYPE = "application/vnd.schemaregistry.v1+json"
_VERSIONS = ("1", "latest", "-1")


def _answer(content: object, status: int = 200) -> Response[bytes]:
    return Response(json.dumps(content).encode(), status_code=status, media_type=_TYPE)


def _not_found(code: int, message: str) -> Response[bytes]:
    return _answer({"error_code": code, "message": message}, 404)


def _entry(schema: avro.Schema) -> dict[str, Any]:
    return {"subject": schema.subject, "version": 1, "id": schema.id, "schema": json.dumps(schema.resolved)}


def _by_subject() -> dict[str, avro.Schema]:
    return {schema.subject: schema for schema in avro.schemas().values()}


def _of_id(schema_id: str) -> avro.Schema | None:
    known = avro.by_id()
    return known.get(int(schema_id)) if schema_id.isascii() and schema_id.isdigit() and len(schema_id) < 10 else None


@get("/registry/schemas/types", opt={"open": True}, sync_to_thread=False)
def types() -> Response[bytes]:
    """The kinds of schemas."""
    return _answer(["AVRO"])


@get("/registry/schemas/ids/{schema_id:str}", opt={"open": True}, sync_to_thread=False)
def by_id(schema_id: FromPath[str]) -> Response[bytes]:
    """A schema by its id."""
    schema = _of_id(schema_id)
    if schema is None:
        return _not_found(40403, "Schema not found")
    return _answer({"schema": json.dumps(schema.resolved), "subject": schema.subject, "version": 1, "id": schema.id})


@get("/registry/schemas/ids/{schema_id:str}/schema", opt={"open": True}, sync_to_thread=False)
def text_of_id(schema_id: FromPath[str]) -> Response[bytes]:
    """The schema itself."""
    schema = _of_id(schema_id)
    return _not_found(40403, "Schema not found") if schema is None else _answer(schema.resolved)


@get("/registry/schemas/ids/{schema_id:str}/subjects", opt={"open": True}, sync_to_thread=False)
def subjects_of_id(schema_id: FromPath[str]) -> Response[bytes]:
    """The names of the subjects that use a schema."""
    schema = _of_id(schema_id)
    return _not_found(40403, "Schema not found") if schema is None else _answer([schema.subject])


@get("/registry/schemas/ids/{schema_id:str}/versions", opt={"open": True}, sync_to_thread=False)
def versions_of_id(schema_id: FromPath[str]) -> Response[bytes]:
    """The subjects that use a schema."""
    found = [schema for schema in avro.schemas().values() if str(schema.id) == schema_id]
    return (
        _answer([{"subject": one.subject, "version": 1} for one in found])
        if found
        else _not_found(40403, "Schema not found")
    )


@get("/registry/subjects", opt={"open": True}, sync_to_thread=False)
def subjects() -> Response[bytes]:
    """Every subject."""
    return _answer(sorted(_by_subject()))


@get("/registry/subjects/{subject:str}/versions", opt={"open": True}, sync_to_thread=False)
def versions(subject: FromPath[str]) -> Response[bytes]:
    """The versions of a subject; a schema that changes compatibly gets a subject's next one with its next id."""
    return _answer([1]) if subject in _by_subject() else _not_found(40401, "Subject not found")


@get("/registry/subjects/{subject:str}/versions/{version:str}", opt={"open": True}, sync_to_thread=False)
def version_of(subject: FromPath[str], version: FromPath[str]) -> Response[bytes]:
    """A version of a subject, or its latest."""
    schema = _by_subject().get(subject)
    if schema is None:
        return _not_found(40401, "Subject not found")
    return _answer(_entry(schema)) if version in _VERSIONS else _not_found(40402, "Version not found")


@get("/registry/subjects/{subject:str}/versions/{version:str}/schema", opt={"open": True}, sync_to_thread=False)
def text_of_version(subject: FromPath[str], version: FromPath[str]) -> Response[bytes]:
    """The schema of a version itself."""
    schema = _by_subject().get(subject)
    if schema is None:
        return _not_found(40401, "Subject not found")
    return _answer(schema.resolved) if version in _VERSIONS else _not_found(40402, "Version not found")


@post("/registry/subjects/{subject:str}", opt={"open": True}, sync_to_thread=False, status_code=200)
def look_up(subject: FromPath[str], body: RawBody) -> Response[bytes]:
    """Under which id and version a subject has that very schema: what a serializer asks before it writes."""
    schema = _by_subject().get(subject)
    if schema is None:
        return _not_found(40401, "Subject not found")
    try:
        asked = json.loads(json.loads(body)["schema"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return _answer(
            {"error_code": 42201, "message": 'Invalid schema: the body is {"schema": "<Avro as JSON>"}'}, 422
        )
    return _answer(_entry(schema)) if asked == schema.resolved else _not_found(40403, "Schema not found")


@get("/registry/config", opt={"open": True}, sync_to_thread=False)
def config() -> Response[bytes]:
    """The rule that every change is checked against."""
    return _answer({"compatibilityLevel": "FULL_TRANSITIVE"})


@get("/registry/mode", opt={"open": True}, sync_to_thread=False)
def mode() -> Response[bytes]:
    """Nobody registers anything here: schemas come by the repository alone."""
    return _answer({"mode": "READONLY"})


ROUTES: list[HTTPRouteHandler] = [
    types,
    by_id,
    text_of_id,
    subjects_of_id,
    versions_of_id,
    subjects,
    versions,
    version_of,
    text_of_version,
    look_up,
    config,
    mode,
]
