"""The desk's HTTP interface as an OpenAPI document, made of the routes and the shapes that the server itself uses.

`python -m guideplayer.desk.openapi` writes it anew; a test holds it to the routes.
"""

import re
from pathlib import Path

import msgspec

from guideplayer.desk.permissions import JSON, ROUTES, Route

PATH = Path(__file__).with_name("openapi.json")
_REFERENCE = "#/components/schemas/{name}"
_PLACE = re.compile(r"\{(\w+)\}")
_PROBLEM = {"$ref": "#/components/responses/Problem"}


class Problem(msgspec.Struct):
    """An answer that says no. `problem` is the sentence that staff read."""

    problem: str


def document() -> dict[str, object]:
    """The OpenAPI document."""
    shapes = [route.body for route in ROUTES.values() if route.body]
    references, schemas = msgspec.json.schema_components([*shapes, Problem], ref_template=_REFERENCE)
    bodies = dict(zip(map(id, shapes), references, strict=False))
    paths: dict[str, dict[str, object]] = {}
    for key, route in ROUTES.items():
        method, path = key.split()
        paths.setdefault(path, {})[method.lower()] = _operation(path, method, route, bodies.get(id(route.body)))
    problem = {"description": "Why not.", "content": {JSON: {"schema": {"$ref": _REFERENCE.format(name="Problem")}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "guideplayer desk", "version": "1", "description": "The staff page of one infusion room."},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {"Problem": problem},
            "securitySchemes": {"desk": {"type": "apiKey", "in": "cookie", "name": "guideplayer_desk_PORT"}},
        },
    }


def _operation(path: str, method: str, route: Route, body: dict[str, object] | None) -> dict[str, object]:
    """One route."""
    roles = sorted(str(role) for role in route.allowed if role)
    text = {"schema": {"type": "string"}, "required": True}
    parameters = [{"name": place, "in": "path", **text} for place in _PLACE.findall(path)]
    parameters += [{"name": name, "in": "query", **text} for name in route.queries]
    parameters += [{"name": name, "in": "query", **text, "required": False} for name in route.may_name]
    operation: dict[str, object] = {
        "summary": route.says,
        "description": "Anybody, also before pairing." if None in route.allowed else f"For {', '.join(roles)}.",
        "parameters": parameters,
        "security": [] if None in route.allowed else [{"desk": []}],
        "responses": {"200": {"description": "Done.", "content": {route.gives: {}}}, "4XX": _PROBLEM, "5XX": _PROBLEM},
    }
    if method != "GET":
        schema = body or ({"type": "object"} if route.takes == (JSON,) else {})
        operation["requestBody"] = {"required": True, "content": {kind: {"schema": schema} for kind in route.takes}}
    return operation


def written() -> bytes:
    """The document as it stands in the file."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n"


if __name__ == "__main__":
    PATH.write_bytes(written())
