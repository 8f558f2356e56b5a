"""produce-events.py BOOTSTRAP TOPIC COUNT MODE [PREFIX]

Writes events as a program does that has never heard of Portarium: with the CloudEvents SDK for Python and
confluent-kafka. MODE is binary, structured, or mixed (both in turn). `junk` instead writes COUNT records that are no
CloudEvents: text without headers, headers without an id, and structured JSON that breaks off, in turn.

Prints one line of JSON a record: what was written (id, key, mode or the bytes in hexadecimal), its partition and
offset.
"""
import json
import sys
from datetime import datetime, timezone

from cloudevents.core.bindings.kafka import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Producer


def event_record(prefix, number, mode):
    """The key, value and headers of an event, and what is told about it."""
    attributes = {
        "specversion": "1.0",
        "id": f"{prefix}-{number}",
        "source": "/python/producer",
        "type": "com.example.order.placed" if number % 2 == 0 else "com.example.order.cancelled",
        "time": datetime(2026, 1, 1, 12, 30, 15, number % 1_000_000, tzinfo=timezone.utc),
        "subject": f"bestellung/{number} ä €",
        "datacontenttype": "application/json",
        "partitionkey": f"key-{number % 7}",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    event = CloudEvent(attributes, {"number": number, "text": "grüße"})
    convert = to_binary if mode == "binary" else to_structured
    message = convert(event, JSONFormat())
    told = {"id": attributes["id"], "type": attributes["type"], "key": attributes["partitionkey"], "mode": mode}
    return message.key, message.value, list(message.headers.items()), told


def junk_record(number):
    """A record that no reader of CloudEvents can take."""
    value, headers = [
        (b"no event at all \xff\x00", []),
        (b"{}", [("ce_specversion", b"1.0"), ("ce_type", b"com.example"), ("ce_source", b"/python")]),
        (b'{"specversion":"1.0","id":', [("content-type", b"application/cloudevents+json")]),
    ][number % 3]
    return None, value, headers, {"junk": value.hex()}


def main():
    bootstrap, topic, count, mode = sys.argv[1:5]
    prefix = sys.argv[5] if len(sys.argv) > 5 else "python"
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "partitioner": "murmur2_random"})
    failed = []

    def tell(told):
        def on_delivery(error, message):
            if error is not None:
                failed.append(error)
                return
            print(json.dumps({**told, "partition": message.partition(), "offset": message.offset()}), flush=True)

        return on_delivery

    for number in range(int(count)):
        if mode == "junk":
            key, value, headers, told = junk_record(number)
        else:
            one = mode if mode != "mixed" else ("binary", "structured")[number % 2]
            key, value, headers, told = event_record(prefix, number, one)
        producer.produce(topic, value=value, key=key, headers=headers, on_delivery=tell(told))
    producer.flush(30)
    if failed:
        sys.exit(f"{len(failed)} records were not written: {failed[0]}")


main()
