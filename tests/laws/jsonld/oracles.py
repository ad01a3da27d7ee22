"""Other canonicalizers, to compare with. PyLD expands and canonicalizes; pyoxigraph only canonicalizes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import pyoxigraph
from pyld import jsonld as pyld

import contexts


@cache
def _documents() -> dict[str, dict[str, Any]]:
    return {
        url: {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": json.loads(contexts.read(entry.file)),
            "tag": "static",
        }
        for url, entry in contexts.index().items()
    }


def by_pyld(document: dict[str, Any], extra: Mapping[str, dict[str, Any]] = MappingProxyType({})) -> bytes:
    """The canonical form by PyLD, in its fastest set-up; raises pyld.jsonld.JsonLdError for what it refuses."""

    def load(url: str, _options: Any) -> dict[str, Any]:
        if url not in extra:
            return _documents()[url]
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": extra[url]}

    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "base": None,
        "documentLoader": load,
    }
    return pyld.normalize(document, options).encode()


def by_pyoxigraph(nquads: bytes, hash_name: str) -> bytes:
    """The canonical form of N-Quads by pyoxigraph, blank nodes renamed beforehand."""
    renamed = nquads.replace(b"_:c14n", b"_:x")
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(renamed, pyoxigraph.RdfFormat.N_QUADS))
    algorithm = {
        "sha256": pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0,
        "sha384": pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0_SHA_384,
    }[hash_name]
    dataset.canonicalize(algorithm)
    lines = [
        f"{line}\n".encode()
        for line in pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS).decode().splitlines()
    ]
    return b"".join(sorted(lines))
