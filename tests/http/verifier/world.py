"""A small world on loopback for the verifier to look at: providers with real keys and lists, and a wallet that shares."""

import dataclasses
import json
import secrets
import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from vc import openbadges, presentation
from vc.did import DidKey, did_document, key_did
from vc.document import serialize
from vc.keys import Ed25519Signer
from vc.openbadges import IssuerProfile, SubjectClaims
from vc.proof import add_proof
from vc.status import StatusListEntry, build_status_list

NOW = datetime(2027, 3, 3, 10, 2, tzinfo=UTC)
SUITE = "eddsa-rdfc-2022"


def did_key_signer(seed: bytes) -> Ed25519Signer:
    """A learner's key, named by its own did:key."""
    public = Ed25519Signer(seed, "did:key:x#x").public_key
    did = key_did(public)
    return Ed25519Signer(seed, f"{did}#{did.removeprefix('did:key:')}")


@dataclasses.dataclass
class Provider:
    """An issuer; ``list_mode`` is how its status list's host behaves."""

    base: str
    slug: str
    name: str
    seed: bytes
    revoked: set = dataclasses.field(default_factory=set)
    suspended: set = dataclasses.field(default_factory=set)
    list_mode: str = "ok"
    did_mode: str = "ok"
    list_from: datetime = NOW - timedelta(hours=1)
    hits: int = 0

    @property
    def did(self):
        return f"did:web:{self.base.removeprefix('http://').replace(':', '%3A')}:orgs:{self.slug}"

    @property
    def signer(self):
        return Ed25519Signer(self.seed, f"{self.did}#key-1")

    def list_url(self, purpose="revocation"):
        return f"{self.base}/orgs/{self.slug}/status/{purpose}"

    def did_document(self):
        return did_document(self.did, [DidKey(fragment="key-1", public_key=self.signer.public_key)])

    def sign(self, document, *, created=NOW - timedelta(hours=1)):
        return add_proof(
            document,
            signer=self.signer,
            suite=SUITE,
            purpose="assertionMethod",
            created=created,
            challenge=None,
            domain=None,
        )

    def status_list(self, purpose):
        return self.sign(
            build_status_list(
                id=self.list_url(purpose),
                issuer=self.did,
                purpose=purpose,
                set_indices=self.revoked if purpose == "revocation" else self.suspended,
                messages={},
                valid_from=self.list_from,
                valid_until=self.list_from + timedelta(days=7),
                ttl_ms=5000,
            ),
            created=self.list_from,
        )

    def badge(self, *, index=7, suspendable=False, subject_id=None, name="Watershed Survey", **changes):
        """A signed badge; ``changes`` go into ``achievement``, ``subject`` or ``credential`` members by prefix."""
        status = [StatusListEntry(list_url=self.list_url(), index=index, purpose="revocation")]
        if suspendable:
            status.append(StatusListEntry(list_url=self.list_url("suspension"), index=index, purpose="suspension"))
        identifier = {
            "type": "IdentityObject",
            "hashed": False,
            "identityHash": changes.pop("learner", "Jonah Reyes"),
            "identityType": "name",
        }
        document = openbadges.build(
            credential_id=f"urn:uuid:{secrets.token_hex(4)}-0000-4000-8000-{secrets.token_hex(6)}",
            issuer=IssuerProfile(
                id=self.did, name=changes.pop("issuer_name", self.name), url=changes.pop("issuer_url", None)
            ),
            achievement={
                "id": f"{self.base}/orgs/{self.slug}/achievements/1",
                "type": ["Achievement"],
                "achievementType": "Course",
                "name": name,
                "description": changes.pop("description", "A year of measuring the creek behind the school."),
                "criteria": changes.pop(
                    "criteria", {"narrative": "Twelve field days and a report that another group can repeat."}
                ),
                **changes.pop("achievement", {}),
            },
            subject=SubjectClaims(
                id=subject_id,
                identifiers=[identifier],
                narrative=changes.pop("narrative", None),
                credits_earned=changes.pop("credits", 0.5),
                results=changes.pop("results", ()),
            ),
            valid_from=changes.pop("valid_from", NOW - timedelta(days=30)),
            awarded_date=NOW - timedelta(days=30),
            valid_until=changes.pop("valid_until", None),
            status=status if index is not None else (),
            evidence=changes.pop("evidence", ()),
            name=changes.pop("credential_name", None),
        )
        assert not changes, changes
        return self.sign(document)


@dataclasses.dataclass
class Share:
    """A share link of the wallet; ``mode`` is how it answers."""

    token: str
    credentials: list
    signers: list
    mode: str = "active"
    requests: list = dataclasses.field(default_factory=list)
    captured: bytes | None = None

    def answer(self, asked):
        self.requests.append(asked)
        if self.mode == "recalled":
            problem = {
                "type": "https://satchel.example/problems#share-ended",
                "title": "This link was stopped",
                "status": 410,
                "detail": "The family stopped sharing this record on 2 March 2027.",
            }
            return Response(json.dumps(problem), status_code=410, media_type="application/problem+json")
        if self.mode == "replay" and self.captured is not None:
            return Response(self.captured, media_type="application/vp+ld+json")
        domain = "https://other.example" if self.mode == "other-domain" else asked["domain"]
        value = presentation.build(
            self.credentials,
            id=None,
            holder=self.signers[0].verification_method.partition("#")[0] if len(self.signers) == 1 else None,
        )
        for signer in self.signers:
            value = add_proof(
                value,
                signer=signer,
                suite=SUITE,
                purpose="authentication",
                created=NOW,
                challenge=asked["challenge"],
                domain=domain,
            )
        self.captured = serialize(value)
        return Response(self.captured, media_type="application/vp+ld+json")


class World:
    """Providers and a wallet behind one port; ``hits`` counts every request, ``paths`` says which."""

    def __init__(self):
        self.providers = {}
        self.shares = {}
        self.documents = {}
        self.paths = []
        listener = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://localhost:{listener.getsockname()[1]}"
        self._listener = listener
        config = uvicorn.Config(self._app(), log_config=None, lifespan="off", access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def close(self):
        self._server.should_exit = True
        self._thread.join(5)
        self._listener.close()

    def provider(self, slug="maple", name="Maple Co-op"):
        made = Provider(base=self.base, slug=slug, name=name, seed=secrets.token_bytes(32))
        self.providers[slug] = made
        return made

    def share(self, credentials, signers):
        made = Share(token=secrets.token_urlsafe(16), credentials=credentials, signers=signers)
        self.shares[made.token] = made
        return made

    def share_url(self, share):
        return f"{self.base}/s/{share.token}"

    def publish(self, path, body, media_type="application/vc"):
        self.documents[path] = (body, media_type)
        return f"{self.base}/{path}"

    def _app(self):
        return Starlette(
            routes=[
                Route("/orgs/{slug}/did.json", self._did),
                Route("/orgs/{slug}/status/{purpose}", self._list),
                Route("/s/{token}", self._share, methods=["POST"]),
                Route("/redirect", lambda _r: RedirectResponse("http://127.0.0.1:1/", status_code=302)),
                Route("/{path:path}", self._document),
            ]
        )

    def _did(self, request):
        self.paths.append(request.url.path)
        found = self.providers.get(request.path_params["slug"])
        if found is None or found.did_mode == "404":
            return Response("gone", status_code=404)
        return JSONResponse(found.did_document(), media_type="application/did+json")

    def _list(self, request):
        self.paths.append(request.url.path)
        found = self.providers[request.path_params["slug"]]
        found.hits += 1
        if found.list_mode == "slow":
            time.sleep(6)
        if found.list_mode in {"404", "500"}:
            return Response("no", status_code=int(found.list_mode))
        if found.list_mode == "html":
            return Response("<!doctype html><p>Maintenance", media_type="text/html")
        body = serialize(found.status_list(request.path_params["purpose"]))
        return Response(body, media_type="application/vc", headers={"ETag": f'"{hash(body)}"'})

    async def _share(self, request):
        self.paths.append("/s/")
        found = self.shares.get(request.path_params["token"])
        if found is None:
            return Response("{}", status_code=404)
        return found.answer(await request.json())

    def _document(self, request):
        self.paths.append(request.url.path)
        found = self.documents.get(request.path_params["path"])
        if found is None:
            return Response("no", status_code=404)
        return Response(found[0], media_type=found[1])
