"""Whatever a program puts into a wallet comes back byte for byte: documents drawn at random.

`SATCHEL_ODD_DOCUMENTS` says how many; a regular run takes twenty.
"""

import json
import os
import random

from tests.unit.wallet.samples import signer
from vc.proof import add_proof

COUNT = int(os.environ.get("SATCHEL_ODD_DOCUMENTS", "20"))
SIGNS = "aZ09 _-~<>&\"'\\/\t\n\u00e9\u0301\u00a0\u200d\u202e\u2028\ufeff\u65e5\u05d0\U0001f393\U00010348"
NUMBERS = (0, 1, 7, 2**53 - 1, 0.1, 0.25, 3.75, 12.5, 100)
CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]


def text(chance, most=60):
    """Anything that a JSON text can say."""
    return "".join(chance.choice(SIGNS) for _each in range(chance.randint(1, most)))


def maybe(chance, **members):
    """Some of these members."""
    return {name: value for name, value in members.items() if chance.random() < 0.5}


def document(chance, number, issuer):
    """An award of the odder kind."""
    achievement = {
        "id": f"urn:uuid:a0000000-0000-4000-8000-{number:012d}", "type": ["Achievement"],
        "name": "N" + text(chance), "description": text(chance, 400), "criteria": {"narrative": text(chance, 900)},
        **maybe(
            chance, tag=[text(chance) for _each in range(chance.randint(1, 5))], version=text(chance),
            humanCode=text(chance), fieldOfStudy=text(chance), creditsAvailable=chance.choice(NUMBERS),
        ),
    }  # fmt: skip
    subject = {
        "type": ["AchievementSubject"], "id": f"urn:uuid:b0000000-0000-4000-8000-{number:012d}",
        "achievement": achievement, **maybe(chance, narrative=text(chance), term=text(chance), role=text(chance)),
    }  # fmt: skip
    evidence = [{"type": ["Evidence"], "name": text(chance), "narrative": text(chance, 2000)}]
    moment = f"2026-0{chance.randint(1, 9)}-01T00:00:00{chance.choice(['Z', '.250Z', '+05:30'])}"
    return {
        "@context": CONTEXTS, "id": f"urn:uuid:c0000000-0000-4000-8000-{number:012d}",
        "type": ["VerifiableCredential", chance.choice(["AchievementCredential", "OpenBadgeCredential"])],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "I" + text(chance)},
        "validFrom": moment, "credentialSubject": subject,
        **maybe(chance, name="T" + text(chance), description=text(chance), evidence=evidence, awardedDate=moment),
    }  # fmt: skip


def shuffled(chance, value):
    """The same value with its members in another order."""
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: shuffled(chance, value[name]) for name in names}
    return value


def written(chance, value):
    """A value as bytes, spelt in one of the many ways in which JSON can be."""
    spelt = json.dumps(
        shuffled(chance, value), ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, 0, 1, 7, "\t"]),
        separators=chance.choice([(",", ":"), (" , ", " : "), (",\n", ":\t")]),
    )  # fmt: skip
    if chance.random() < 0.3:
        spelt = spelt.replace("/", "\\/")
    return (chance.choice(["", " ", "\r\n\t"]) + spelt + chance.choice(["", "\n", " \r\n"])).encode()


def test_odd_documents_come_back_byte_for_byte(home):
    chance = random.Random(20261123)
    key = signer(11)
    issuer = key.verification_method.partition("#")[0]
    program = home.connected(home.wren)
    sent = []
    for number in range(COUNT):
        value = add_proof(
            document(chance, number, issuer), signer=key, suite="eddsa-rdfc-2022", purpose="assertionMethod",
            created=home.clock.now(), challenge=None, domain=None,
        )  # fmt: skip
        data = written(chance, value)
        answer = program.put(data)
        assert (answer.status_code, answer.content) == (201, data), (number, answer.text[:600], data[:300])
        sent.append(data)
    left = list(sent)
    for offset in range(0, COUNT, 7):
        answer = program.listed(limit=7, offset=offset)
        assert answer.headers["x-total-count"] == str(COUNT)
        here = [data for data in left if data in answer.content]
        # The answer is these bytes, a comma between each, and its own frame: nothing else.
        assert len(answer.content) == sum(map(len, here)) + len(here) - 1 + len(b'{"credential":[]}')
        assert len(answer.json()["credential"]) == len(here)
        left = [data for data in left if data not in here]
    assert left == [], "each once"
