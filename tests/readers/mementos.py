"""Finds mementos with a client that knows nothing of Plimsoll. Arguments: the server, a token, an address.

Compares them with the history for each second around it. Prints how many times it asked for.
"""

import datetime
import sys

import requests
from memento_client import MementoClient

server, token, path = sys.argv[1:]
session = requests.Session()
session.headers["Authorization"] = f"Bearer {token}"
resource = server + path
second = datetime.timedelta(seconds=1)

history = session.get(resource + "/history").json()["items"]
recorded = [
    datetime.datetime.strptime(item["recorded_at"][:19], "%Y-%m-%dT%H:%M:%S") for item in history
]
times = {time + step * second for time in recorded for step in (-1, 0, 1)}
times |= {datetime.datetime(1999, 12, 31), datetime.datetime(2199, 1, 1)}

# The client takes a resource that varies by time for one without a time gate, so it gets ours.
client = MementoClient(check_native_timegate=False, session=session)
for time in sorted(times):
    until = [index for index, own in enumerate(recorded) if own <= time]
    expected = until[-1] if until else 0
    asked = {"Accept-Datetime": MementoClient.convert_to_http_datetime(time)}
    gate = session.head(resource + "/timegate", headers=asked, allow_redirects=True)
    info = client.get_memento_info(resource, time, tg_response=gate)
    found = info["mementos"]
    address = lambda index: [f"{resource}?at={history[index]['position']}"]
    assert info["original_uri"] == resource, info
    assert found["closest"]["uri"] == address(expected), (time, found)
    assert found["closest"]["datetime"] == recorded[expected], (time, found)
    assert found["closest"]["http_status_code"] == 200
    assert found["first"]["uri"] == address(0) and found["last"]["uri"] == address(-1)
    neighbours = {"prev": expected - 1, "next": expected + 1}
    for relation, index in neighbours.items():
        if 0 <= index < len(history):
            assert found[relation]["uri"] == address(index), (time, relation, found)
            assert found[relation]["datetime"] == recorded[index], (time, relation, found)
        else:
            assert relation not in found, (time, relation, found)
    # The same by the resource itself, without a redirect.
    direct = session.get(resource, headers=asked)
    assert MementoClient.is_timegate(resource, response=direct)
    assert direct.headers["Content-Location"] == address(expected)[0]
    assert direct.json() == session.get(address(expected)[0]).json()

# The time map, with the client's parser of links.
links = MementoClient.parse_link_header(session.get(resource + "/timemap").text)
mementos = [uri for uri, own in links.items() if "memento" in own["rel"]]
assert mementos == [address(index)[0] for index in range(len(history))], mementos
print(f"{len(history)} mementos")
