"""Which tests are asked about which module; the first pattern that fits counts."""

from __future__ import annotations

from fnmatch import fnmatch

_JSONLD = [
    "tests/unit/vc/jsonld",
    "tests/attacks/test_jsonld_gate.py",
    "tests/attacks/test_embedded_nodes.py",
    "tests/attacks/test_shared_nodes.py",
    "tests/attacks/test_guards_of_words.py",
    "tests/attacks/test_guards_of_contexts.py",
]
_PARTS = ["tests/unit/vc/test_verdict_details.py", "tests/unit/vc/test_contents.py"]
_SECURED = [
    "tests/unit/vc/test_verdict_details.py",
    "tests/attacks/test_tokens_judged.py",
    "tests/attacks/test_identities_in_tokens.py",
]
_PRESENTED = ["tests/unit/vc/test_shown_details.py"]
_REFRESHED = ["tests/unit/vc/test_shown_details.py", "tests/unit/vc/test_refresh.py"]
_JUDGED = [
    "tests/unit/vc/test_judging_details.py",
    "tests/unit/vc/test_corners.py",
    "tests/unit/vc/test_contents.py",
    "tests/unit/vc/test_refresh.py",
    "tests/attacks/test_nested.py",
    "tests/attacks/test_tokens_judged.py",
]
_FOUND = ["tests/unit/vc/test_report_details.py"]
_CREDENTIALS = [
    "tests/unit/vc/test_credential_details.py",
    "tests/unit/vc/test_proof_details.py",
    "tests/unit/vc/test_corners.py",
    "tests/attacks/test_issuers_and_readers.py",
]
_CHECKS = [
    "tests/attacks/test_subjects_and_envelopes.py",
    "tests/attacks/test_proofs_and_nesting.py",
    "tests/attacks/test_documents_and_keys.py",
    "tests/attacks/test_issuers_and_readers.py",
    "tests/attacks/test_data_model_1.py",
    "tests/attacks/test_guards_of_checks.py",
    "tests/attacks/test_nested.py",
    "tests/attacks/test_chains.py",
    "tests/attacks/test_identities.py",
    "tests/attacks/test_identities_in_tokens.py",
    "tests/attacks/test_tokens_judged.py",
    "tests/attacks/test_records.py",
    "tests/unit/vc/test_refresh.py",
    "tests/unit/vc/test_shapes.py",
    "tests/unit/vc/test_data_model.py",
    "tests/unit/vc/test_envelopes.py",
]
_READ = ["tests/unit/vc/test_reading_proofs.py", "tests/unit/vc/test_transformed.py"]
_CONFIGURED = ["tests/unit/vc/test_configuration.py"]
_ADDED = ["tests/unit/vc/test_adding.py"]
_PROOF = [*_READ, *_CONFIGURED, *_ADDED, "tests/attacks/test_chains.py", "tests/vectors/test_w3c_proof_sets.py"]
_SELECTIVE = [
    "tests/unit/vc/sd/test_encoding.py",
    "tests/unit/vc/sd/test_grouping.py",
    "tests/unit/vc/sd/test_proofs.py",
    "tests/unit/vc/sd/test_selection.py",
    "tests/unit/vc/sd/test_disclosure.py",
]
_STATUS = [
    "tests/unit/vc/test_status_details.py",
    "tests/unit/vc/test_status_bits.py",
    "tests/unit/vc/test_status_entries.py",
    "tests/unit/vc/test_status_lists.py",
    "tests/unit/vc/test_status.py",
]
_TOKENS = [
    "tests/unit/vc/jose",
    "tests/unit/vc/test_envelopes.py",
    "tests/attacks/test_tokens.py",
    "tests/attacks/test_tokens_judged.py",
]
_KEYS = [
    "tests/unit/vc/test_keys.py",
    "tests/unit/vc/test_jwk.py",
    "tests/unit/vc/test_identifiers.py",
    "tests/unit/vc/test_controllers.py",
    "tests/unit/vc/test_resolving.py",
    "tests/attacks/test_identities.py",
]
_RULES = ["tests/unit/vc/test_rules.py", "tests/unit/vc/test_related.py"]
_SCHEMAS = ["tests/unit/vc/test_schemas.py", "tests/unit/vc/test_violations.py"]
_CANONICAL = [
    "tests/unit/vc/jsonld/test_rdfc.py",
    "tests/unit/vc/jsonld/test_rdfc_compared.py",
    "tests/unit/vc/jsonld/test_rdf_canon_suite.py",
]
_PLACED = ["tests/unit/vc/jsonld/test_placed.py"]
_PROCESSED = [
    *_PLACED,
    "tests/unit/vc/jsonld/test_bounds.py",
    "tests/unit/vc/jsonld/test_gate.py",
    "tests/unit/vc/jsonld/test_types.py",
    "tests/attacks/test_jsonld_gate.py",
]
_EXPANDED = ["tests/unit/vc/jsonld/test_expanded.py", "tests/unit/vc/jsonld/test_general.py"]
_GENERAL = ["tests/unit/vc/jsonld/test_general.py", "tests/unit/vc/jsonld/test_general_bounds.py"]
_EARLIER = ["tests/unit/vc/jsonld/test_revisions.py"]
_REPEATS = ["tests/unit/vc/jsonld/test_repeating.py"]
_TESTS: list[tuple[str, list[str]]] = [
    ("vc.jsonld.repeats", _REPEATS),
    ("vc.jsonld.revisions", _EARLIER),
    ("vc.jsonld.rdfc", _CANONICAL),
    ("vc.jsonld.general", _GENERAL),
    ("vc.jsonld.processor", _PROCESSED),
    ("vc.jsonld.placed", _PLACED),
    ("vc.jsonld.expanded", _EXPANDED),
    ("vc.jsonld.dataset", _EXPANDED),
    ("vc.jsonld.*", _JSONLD),
    ("vc.proof.sd*", _SELECTIVE),
    ("vc.proof.adding", _ADDED),
    ("vc.proof.configuration", _CONFIGURED),
    ("vc.proof.parsing", [*_READ, *_ADDED]),
    ("vc.proof.earlier", _EARLIER),
    *((f"vc.proof.{name}", _READ) for name in ("chains", "suites", "hashed", "transforming", "verifying")),
    ("vc.proof*", _PROOF),
    ("vc.status*", _STATUS),
    ("vc.refresh_checks", _REFRESHED),
    ("vc.nested", _PARTS),
    ("vc.judging", _JUDGED),
    ("vc.checks", _FOUND),
    ("vc.credential_checks", _CREDENTIALS),
    ("vc.securing", _SECURED),
    ("vc.token_checks", _SECURED),
    ("vc.presentation_checks", _PRESENTED),
    ("vc.rules", _RULES),
    ("vc.related", _RULES),
    ("vc.schema", _SCHEMAS),
    ("vc.jose*", _TOKENS),
    ("vc.did*", _KEYS),
    ("vc.keys*", _KEYS),
    ("vc.*", _CHECKS),
]


def files_for(module: str) -> list[str]:
    """The files and folders of tests for a module.

    Raises:
        KeyError: none are named.

    """
    for pattern, files in _TESTS:
        if fnmatch(module, pattern):
            return files
    raise KeyError(module)
