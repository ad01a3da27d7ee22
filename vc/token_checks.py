"""The checks that only a token has: what its header and claims say, whose key it names, whether the key made it.

Spec: https://www.w3.org/TR/vc-jose-cose/#verifying-a-jose-secured-verifiable-credential
"""

from __future__ import annotations

from datetime import datetime

from vc.checks import Findings
from vc.credential import validity
from vc.credential_checks import Context, check_key_period, refuse_unknowable
from vc.did import VerificationMethod, parse_key_url, retrieve
from vc.document import JsonObject
from vc.jose import (
    Jws,
    answer_problems,
    claim_problems,
    key_name,
    moment_in,
    time_problems,
    verify_jws,
)
from vc.jsonld import Budget, Processor
from vc.problems import DataLossError, IssuerMismatchError, MalformedValueError, NotReached, ProblemError, Unsupported
from vc.timestamps import format_timestamp


def check_vocabulary(findings: Findings, *, document: JsonObject, budget: Budget, processor: Processor) -> None:
    """Whether the words in the token mean what they seem to mean.

    A token signs the text as it stands, so a word that no vocabulary defines is signed all the same: that is a fact,
    not a failure. A vocabulary that we do not know leaves open what the words mean.
    """
    try:
        processor.canonicalize(document, hash_name="sha256", budget=budget)
    except DataLossError as error:
        findings.facts["undefined"] = f"{error.detail} ({error.pointer})"


def check_token(findings: Findings, *, jws: Jws, document: JsonObject, context: Context) -> None:
    """What the header and the claims say: an accepted algorithm, nothing that contradicts the document, in its time.

    A presentation has to answer what the policy asked.
    """
    policy = context.policy
    findings.facts |= {"algorithm": jws.algorithm, "form": jws.form.value}
    if jws.algorithm not in policy.algorithms:
        raise Unsupported(f"The policy does not accept tokens signed with {jws.algorithm}.", pointer="/alg")
    times = time_problems(jws, now=context.now, skew=policy.clock_skew)
    problems = [
        *claim_problems(jws, document),
        *(item for item in times if not is_said_by_credential(item, jws, document)),
    ]
    if jws.form.is_presentation:
        problems += answer_problems(jws, challenge=policy.challenge, domain=policy.domain)
    for problem in problems:
        findings.add(problem)
    created = made(jws)
    if created is not None:
        findings.facts["created"] = format_timestamp(created)


def is_said_by_credential(problem: ProblemError, jws: Jws, document: JsonObject) -> bool:
    """Whether a token is out of its time only as its credential is: that has expired, or does not hold yet, and is
    genuine all the same. The claims then say what ``validUntil`` and ``validFrom`` say.
    """
    if jws.form.is_presentation or problem.pointer not in {"/exp", "/nbf"}:
        return False
    try:
        period, said = validity(document), moment_in(jws.payload, str(problem.pointer)[1:])
    except ProblemError:
        return False
    if said is None:
        return False
    if problem.pointer == "/exp":
        return period.end is not None and int(period.end.timestamp()) <= said.timestamp()
    return period.start is not None and period.start >= said


def made(jws: Jws) -> datetime | None:
    """When the token says that it was made, or at least that it begins."""
    for claim in ("iat", "nbf"):
        try:
            moment = moment_in(jws.payload, claim)
        except MalformedValueError:
            continue
        if moment is not None:
            return moment
    return None


def signer_of(jws: Jws, *, party: str | None) -> str | None:
    """Who the token says signed it: the party (issuer or holder), else whom the name of its key names, else nobody."""
    if party is not None or jws.key_id is None or ":" not in jws.key_id:
        return party
    return jws.key_id.partition("#")[0]


def token_key(jws: Jws, *, party: str | None, relationship: str, context: Context) -> VerificationMethod:
    """The key of the token, which the party (``None``: whom the key's name names) lists for this purpose.

    A key that the token carries itself counts only if the party's document lists it.

    Raises:
        NotReached: the token names neither anybody nor a key.
        IssuerMismatchError: the key is somebody else's.
        MissingEvidence, EvidenceUnavailable, ProblemError: as ``vc.did.retrieve``.

    """
    owner = signer_of(jws, party=party)
    if owner is None:
        raise NotReached("The token names nobody whose key could be looked up.")
    if jws.embedded_key is not None:
        method = context.controller(owner).method_with(jws.embedded_key, relationship=relationship)
    else:
        url = parse_key_url(key_name(jws, party=owner), pointer="/kid")
        if url.fragment is not None:
            refuse_other_owner(str(url), controller=url.controller, owner=owner, context=context)
        method = retrieve(
            url,
            party=owner,
            relationship=relationship,
            documents=context.controller,
            evidence=context.evidence,
            policy=context.policy,
        )
    refuse_other_owner(method.id, controller=method.controller, owner=owner, context=context)
    check_key_period(made(jws), method, pointer="")
    return method


def refuse_other_owner(name: str, *, controller: str, owner: str, context: Context) -> None:
    """Refuse a key that is somebody else's, by its name or by what its own document says."""
    if controller != owner:
        refuse_unknowable(owner, context=context)
        raise IssuerMismatchError(f"The key {name} belongs to {controller}, not to {owner}.", pointer="/kid")


def check_token_signature(findings: Findings, *, jws: Jws, method: VerificationMethod | None) -> None:
    """Whether the key made the token."""
    if method is None:
        findings.doubt(NotReached("There is no key to check the token's signature with."))
        return
    with findings.attempt():
        verify_jws(jws, public_key=method.public_key)
