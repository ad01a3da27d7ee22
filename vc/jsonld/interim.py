"""A first canonicalizer on PyLD, so that the rest of the core can be written; the walker replaces it."""

import json
from typing import Any

import contexts
from pyld import jsonld
from vc.problems import DataLossError, ProblemError, Unsupported


def _load(url: str, _options: Any) -> dict[str, Any]:
    entry = contexts.index().get(url)
    if entry is None:
        raise Unsupported(f"The context {url} is not one that Satchel knows.", pointer="/@context")
    document = json.loads(contexts.read(entry.file))
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}


def canonical(value: Any) -> bytes:
    """Canonical N-Quads of the document by PyLD."""

    def dropped(term: Any) -> None:
        raise DataLossError(f"The term {term} is not defined by the document's contexts, so it would not be signed.")

    options = {"base": None, "documentLoader": _load, "on_property_dropped": dropped}
    try:
        expanded = jsonld.expand(value, {**options, "on_property_dropped": dropped})
        text = jsonld.normalize(expanded, {**options, "algorithm": "URDNA2015", "format": "application/n-quads"})
    except ProblemError:
        raise
    except jsonld.JsonLdError as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ProblemError):
                raise cause from None
            cause = getattr(cause, "cause", None)
        raise DataLossError(f"The document cannot be read as JSON-LD: {error}") from error
    return str(text).encode()
