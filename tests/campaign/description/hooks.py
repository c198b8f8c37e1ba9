"""What scripts/campaign accepts, by name and with its reason, when Schemathesis compares the answers
with the API description. Anything else that it finds fails the campaign."""

import json
import re
import uuid

import schemathesis

# Schemathesis's name of the finding, the path, the complaint in the answer, and the reason.
EXCEPTIONS = [
    ("RejectedPositiveData", "", r"check character|IMO number|ISO 6346",
     "A pattern cannot describe a check digit or check character."),
    ("RejectedPositiveData", "", r"ISO 3166-1 country code|time zone of the IANA database",
     "The codes of countries and the names of time zones are in lists of their standards."),
    ("RejectedPositiveData", "", r"must be in the years 1970 to 2199",
     "The format date-time has no bounds. The text of the description gives them."),
    ("RejectedPositiveData", "", r"must have at least one visible character",
     "A pattern of all invisible characters of Unicode would be longer than the description."),
    ("RejectedPositiveData", "", r"is easy to guess|must not be blank",
     "How easily a password is guessed is an estimate."),
    ("RejectedPositiveData", "", r"must be (a|an) .*number.*, not \d+\.0",
     "JSON Schema calls 1.0 an integer. Plimsoll does not."),
    ("RejectedPositiveData", "^/api/routes$", r"must differ from the origin",
     "A description cannot compare two parameters."),
    ("RejectedPositiveData", "^/api/routes$", r"which is not a known location",
     "Which locations exist is a matter of state, like 404."),
    ("RejectedPositiveData", "", r"^This idempotency key was used for another request",
     "Whether a key was used before is a matter of state."),
    ("AcceptedNegativeData", "^/api/operations$", r"",
     "A batch is answered 200. Each of its lines has a status of its own."),
    ("AllowHeaderMismatch", r"^/api/operations/({name}|[a-z-]+)$", r"",
     "GET is described once, at /api/operations/{name}, and POST for each operation."),
]


@schemathesis.hook
def filter_failure(context, failure, case, response):
    found = type(failure).__name__
    text = response.text or ""
    try:
        errors = json.loads(text).get("errors") or [json.loads(text)]
        complaints = [error.get("detail", "") for error in errors]
    except (ValueError, AttributeError):
        complaints = [text]

    def is_excepted(complaint):
        return any(
            found == name and re.search(path, case.operation.path) and re.search(pattern, complaint)
            for name, path, pattern, _ in EXCEPTIONS
        )

    return not all(is_excepted(complaint) for complaint in complaints)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts right what comes from an earlier answer, or excludes something else. Schemathesis makes
    values up, each by itself."""
    query, headers = case.query, case.headers
    if case.meta is not None and case.meta.generation.mode.is_positive:
        # A cursor comes from an earlier page.
        query.pop("cursor", None)
        # The past is asked for by position or by time.
        if "at" in query:
            query.pop("as_of", None)
        # Nobody waits for positions far beyond the end of the log, or continues after them.
        if "min_position" in query:
            query["min_position"] = 1
        query.pop("after", None)
        # Schemathesis sends 0 for a header whose pattern it cannot follow.
        if headers.get("If-Match") == "0":
            headers.pop("If-Match")
        headers.pop("Last-Event-ID", None)
    # A stream from the beginning has events at once.
    if case.operation.path == "/api/events":
        query.setdefault("after", 0)
    # A key that was used for another request is refused.
    key = headers.get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(r"[!#-~][!-~]{0,254}", key):
        headers["Idempotency-Key"] = f"{key[:200]}-{uuid.uuid4()}"
    elif isinstance(key, str) and re.fullmatch(r'"[ !#-~]{1,253}"', key) and "\\" not in key:
        headers["Idempotency-Key"] = f'{key[:200].rstrip(chr(34))}-{uuid.uuid4()}"'


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    values = value if isinstance(value, list) else [value]
    return "".join(json.dumps(value) + "\n" for value in values).encode()
