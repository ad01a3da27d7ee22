"""Everything outbound: one guarded HTTP client, and the loop that feeds a verdict with what it lacks.

urls        which URLs are fetched at all          addresses   which network addresses are reached
network     resolve once, dial the checked address, one deadline
cache       the last good answer per URL           fetcher     Fetcher: fetch, get, post_json, ask
online      verify_online
"""

from kit.fetch.cache import MemoryCache, ResourceCache
from kit.fetch.fetcher import Fetcher, Reply
from kit.fetch.kinds import CREDENTIAL, DID_DOCUMENT, STATUS_LIST, Kind, Reason
from kit.fetch.network import Network, SystemNetwork
from kit.fetch.online import verify_online

__all__ = [
    "CREDENTIAL",
    "DID_DOCUMENT",
    "STATUS_LIST",
    "Fetcher",
    "Kind",
    "MemoryCache",
    "Network",
    "Reason",
    "Reply",
    "ResourceCache",
    "SystemNetwork",
    "verify_online",
]
