"""The demo's logins. They are public, shown on the start page and in the terminal, and exist in the demo only."""

from dataclasses import dataclass

from kit.accounts.passwords import DEMO_PASSWORD


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One demo login: where, as whom; `who` in the sample's words."""

    role: str
    login: str
    name: str
    who: str


PASSWORD = DEMO_PASSWORD

OFFICE = Login(role="issuer", login="office", name="Satchel office", who="Server's administrator")
COORDINATOR = Login(role="issuer", login="hannah", name="Hannah Weiss", who="Hannah Weiss, the co-op")
GUARDIAN = Login(role="wallet", login="teresa", name="Teresa Hadley", who="Teresa Hadley, guardian")
ADMISSIONS = Login(role="verifier", login="admissions", name="Admissions office", who="Admissions, Prairie State")

LOGINS = (COORDINATOR, GUARDIAN, ADMISSIONS, OFFICE)
