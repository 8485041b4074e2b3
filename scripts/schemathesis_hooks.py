"""What the document of the API cannot say, for scripts/test-api."""

import schemathesis


@schemathesis.hook
def map_case(context, case):
    """A cursor is an answer of the server: none is made up in a request that is to be taken."""
    if case.meta is not None and case.meta.generation.mode.is_positive and case.query:
        case.query.pop("cursor", None)
    return case
