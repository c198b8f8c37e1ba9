"""Reads a feed with readers that know nothing of Plimsoll. Arguments: the server, a token.

Prints how many items it saw. Fails where a reader complains.
"""

import base64
import json
import sys
import urllib.parse
import urllib.request

import feedparser
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

server, token = sys.argv[1:]
basic = base64.b64encode(f"reader:{token}".encode()).decode()
headers = {"Authorization": f"Basic {basic}"}


def subscribe(url, **known):
    feed = feedparser.parse(url, request_headers=headers, **known)
    assert not feed.bozo, feed.bozo_exception
    return feed


def href(feed, rel):
    """The first link of a relation, which feedparser has made absolute."""
    return next((link.href for link in feed.feed.links if link.rel == rel), None)


# Atom, from the newest page through the archives (RFC 5005).
url = f"{server}/feeds/customers"
seen, pages = set(), 0
while url:
    feed = subscribe(url)
    assert feed.version == "atom10", feed.version
    assert href(feed, "self") == url, (href(feed, "self"), url)
    for entry in feed.entries:
        assert entry.id.startswith("urn:uuid:") and entry.id not in seen
        assert entry.updated_parsed and entry.author.startswith("user:")
        assert json.loads(entry.content[0].value)["state"]["name"]
        seen.add(entry.id)
    pages += 1
    archive = url
    url = href(feed, "prev-archive")

# A page that the reader has.
feed = subscribe(archive)
for known in ({"etag": feed.etag}, {"modified": feed.modified}):
    assert subscribe(archive, **known).status == 304, known

# A batch of CloudEvents.
accept = {"Accept": "application/cloudevents-batch+json", **headers}
with urllib.request.urlopen(urllib.request.Request(archive, headers=accept)) as page:
    batch = json.load(page)
sequence = 0
for event in batch:
    event = JSONFormat().read(CloudEvent, json.dumps(event).encode())
    sequence += 1
    assert event.get_extension("sequence") == str(sequence), event
    assert f"urn:uuid:{event.get_id()}" in seen
    assert event.get_type() == "plimsoll.new-customer" and event.get_time()
    assert event.get_data()["state"]["name"]

print(f"{len(seen)} items on {pages} pages, {sequence} events")
