"""Words that a tutor and a family would not know, in two languages, and what of them stands on a page."""

import re

UNKNOWN = {
    "en": (
        "JSON", "JWT", "tokens?", "proofs?", "cryptosuite", "schema", "credentials?", "issuers?",
        "verification method", "multikey", "hash(ed)?", "status lists?", "index", "revo(ke|ked|cation)", "KEK", "OAuth",
        "claims?", "claim (link|code)s?", "subject", "alignments?", "URI", "UUID", "API", "payload", "endpoint", "idempoten\\w+",
        "public key", "private key", "signature suite", "metadata", "server key", "slug",
    ),
    "es": (
        "JSON", "JWT", "tokens?", "pruebas? criptográficas?", "esquema", "credencial(es)?", "emisor(es)?",
        "método de verificación", "multikey", "hash", "listas? de estado", "índice", "revocar", "revocado", "revocación", "KEK",
        "OAuth", "sujeto", "URI", "UUID", "API", "clave pública", "clave privada", "metadatos", "slug", "alineaci(ón|ones)",
    ),
}  # fmt: skip
"""``passkey`` is known where the page says that it is this device; it is looked for by itself."""


AS_WRITTEN = r"DIDs?|did:[\w:.%-]+"
"""Did somebody do it? That is a word that everybody knows; DID is none."""
ADDRESS = re.compile(r"\S*(?:://|localhost)\S*")


def unknown_words(text, language):
    """The words of a page's text that somebody would have to ask about. Addresses are no words."""
    told = ADDRESS.sub(" ", text)
    words = "|".join(UNKNOWN[language])
    found = {each[0].lower() for each in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", told, re.IGNORECASE)}
    found |= {each[0] for each in re.finditer(rf"(?<!\w)(?:{AS_WRITTEN})(?!\w)", text)}
    return sorted(found)
