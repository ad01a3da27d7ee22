"""What the wallet says of itself to programs that look for a host: an OpenAPI document with what there is here.

Written here in full; the schemas are named by their published addresses and not copied.

Spec: https://www.imsglobal.org/spec/ob/v3p0#service-discovery
Spec: https://spec.openapis.org/oas/v3.0.1
"""

from __future__ import annotations

from typing import Any, Final

from wallet.service.hosting.apis import BADGES, OFFLINE, RECORDS, Api, Power
from wallet.service.hosting.serving import MOST
from wallet.service.hosting.words import SCOPE_WORDS

_TITLES: Final = {BADGES.name: "Open Badges 3.0", RECORDS.name: "Comprehensive Learner Record 2.0"}
_SCHEMAS: Final = {
    BADGES.name: ("https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_", "achievementcredential"),
    RECORDS.name: ("https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_", "clrcredential"),
}


def description(api: Api, public_url: str) -> dict[str, Any]:
    """The service description of one API."""
    title = f"Satchel, a wallet ({_TITLES[api.name]})"
    return {
        "openapi": "3.0.1",
        "info": {
            "title": title,
            "version": "1.0",
            "description": "Awards and records of learners, kept for them and their guardians.",
            "termsOfService": f"{public_url}/hosting#terms",
            "x-imssf-privacyPolicyUrl": f"{public_url}/hosting#privacy",
            "x-imssf-image": f"{public_url}/static/mark.svg",
        },
        "servers": [{"url": f"{public_url}{api.path}"}],
        "tags": [{"name": "Discovery"}, {"name": "Credentials"}, {"name": "Profiles"}],
        "paths": {
            "/discovery": {"get": _operation("getServiceDescription", "Discovery", {200: _object("This document.")})},
            "/credentials": {"get": _get_credentials(api), "post": _upsert(api)},
            "/profile": {"get": _get_profile(api), "put": _put_profile(api)},
        },
        "components": {
            "securitySchemes": {
                "OAuth2ACG": {
                    "type": "oauth2",
                    "description": "Authorization code with PKCE (S256); clients register themselves.",
                    "x-imssf-registrationUrl": f"{public_url}/oauth/register",
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": f"{public_url}/oauth/authorize",
                            "tokenUrl": f"{public_url}/oauth/token",
                            "refreshUrl": f"{public_url}/oauth/token",
                            "scopes": {
                                scope: str(words)
                                for scope, words in SCOPE_WORDS.items()
                                if scope == OFFLINE or scope.startswith(api.prefix)
                            },
                        }
                    },
                }
            },
            "schemas": _schemas(api),
        },
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(words: str, name: str = "", **media: str) -> dict[str, Any]:
    """An answer: JSON of a schema, and other media types with theirs."""
    content = {"application/json": {"schema": _ref(name) if name else {"type": "object"}}}
    return {"description": words, "content": content | {kind: {"schema": _ref(each)} for kind, each in media.items()}}


def _operation(
    name: str, tag: str, answers: dict[int, dict[str, Any]], *, scope: str = "", **more: Any
) -> dict[str, Any]:
    problem = _object("What is wrong, in words.", "Imsx_StatusInfo")
    faults = {str(status): problem for status in (400, 401, 403, 405, 500)} if scope else {}
    return {
        "operationId": name,
        "tags": [tag],
        **more,
        "responses": {**{str(status): told for status, told in answers.items()}, **faults, "default": problem},
        "security": [{"OAuth2ACG": [scope]}] if scope else [],
    }


def _get_credentials(api: Api) -> dict[str, Any]:
    def parameter(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "in": "query", "required": False, "description": words, "schema": schema}

    answer = _object("A part of the credentials; Link leads to the others.", "GetCredentialsResponse")
    answer["headers"] = {
        "X-Total-Count": {"schema": {"type": "integer"}, "description": "How many there are in all."},
        "Link": {"schema": {"type": "string"}, "description": "next, prev, first and last."},
    }
    return _operation(
        "getCredentials",
        "Credentials",
        {200: answer},
        scope=api.scope(Power.READ),
        parameters=[
            parameter("limit", f"How many at most; no more than {MOST}.", {"type": "integer", "minimum": 1}),
            parameter("offset", "How many to leave out.", {"type": "integer", "minimum": 0}),
            parameter("since", "Only what was issued after this.", {"type": "string", "format": "date-time"}),
        ],
    )


def _upsert(api: Api) -> dict[str, Any]:
    media = {
        "application/json": {"schema": _ref("Credential")},
        "application/vc+ld+json": {"schema": _ref("Credential")},
        "text/plain": {"schema": _ref("CompactJws")},
    }
    kinds = {"text/plain": "CompactJws"}
    answers = {
        200: _object("It took the place of an older version.", "Credential", **kinds),
        201: _object("It was added.", "Credential", **kinds),
        304: {"description": "The same was here already."},
    }
    body = {"required": True, "content": media}
    return _operation("upsertCredential", "Credentials", answers, scope=api.scope(Power.UPSERT), requestBody=body)


def _get_profile(api: Api) -> dict[str, Any]:
    answers = {200: _object("The learner.", "Profile")}
    return _operation("getProfile", "Profiles", answers, scope=api.scope(Power.PROFILE_READ))


def _put_profile(api: Api) -> dict[str, Any]:
    answers = {
        200: _object("The learner, as before.", "Profile"),
        202: _object("Somebody has to decide about it.", "Imsx_StatusInfo"),
    }
    body = {"required": True, "content": {"application/json": {"schema": _ref("Profile")}}}
    return _operation("putProfile", "Profiles", answers, scope=api.scope(Power.PROFILE_UPDATE), requestBody=body)


def _schemas(api: Api) -> dict[str, Any]:
    stem, credential = _SCHEMAS[api.name]

    def outside(words: str, name: str) -> dict[str, Any]:
        return {"type": "object", "description": words, "externalDocs": {"url": f"{stem}{name}_schema.json"}}

    listed = {"type": "array", "items": _ref("Credential")}
    tokens = {"type": "array", "items": _ref("CompactJws")}
    return {
        "Credential": outside("A signed credential with its proof inside.", credential),
        "CompactJws": {"type": "string", "pattern": r"^[-A-Za-z0-9_]+\.[-A-Za-z0-9_]+\.[-A-Za-z0-9_]+$"},
        "GetCredentialsResponse": {
            "type": "object",
            "properties": {"credential": listed, "compactJwsString": tokens},
        },
        "Profile": outside("A learner: id, type and name.", "profile"),
        "Imsx_StatusInfo": outside("What became of it.", "imsx_statusinfo"),
    }
