"""Reads bodies that a collector was sent (OTLP/HTTP, protobuf, perhaps with gzip) as OpenTelemetry's own schema has them.

decode-spans.py FILE…: one JSON object a span.
"""

import gzip
import json
import sys

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def value(any_value):
    kind = any_value.WhichOneof("value")
    return getattr(any_value, kind) if kind else None


def pairs(attributes):
    return {attribute.key: value(attribute.value) for attribute in attributes}


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        body = file.read()
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    request = ExportTraceServiceRequest.FromString(body)
    # What is no field of the schema would be kept aside.
    assert request.SerializeToString(deterministic=True) == body, "fields that the schema does not have"
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                print(
                    json.dumps(
                        {
                            "resource": pairs(resource_spans.resource.attributes),
                            "scope": scope_spans.scope.name,
                            "trace": span.trace_id.hex(),
                            "span": span.span_id.hex(),
                            "parent": span.parent_span_id.hex(),
                            "name": span.name,
                            "kind": span.kind,
                            "start": span.start_time_unix_nano,
                            "end": span.end_time_unix_nano,
                            "flags": span.flags,
                            "attributes": pairs(span.attributes),
                            "failed": span.status.code == 2,
                        }
                    )
                )
