"""read-events.py BOOTSTRAP TOPIC COUNT [SECONDS]

Reads the first COUNT records of a topic and takes them as events with the CloudEvents SDK for Python, as a program does
that has never heard of Portarium. Ends after SECONDS (30) at the latest.

Prints one line of JSON a record, in the order of reading: partition, offset, key, value, headers, and either the event's
attributes and data (`error` is null) or why the SDK takes it for none. Exit code 1: there were fewer.
"""
import json
import sys
import time

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka
from cloudevents.core.formats.json import JSONFormat
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition


def text(value):
    """Bytes as text; what is no text in hexadecimal."""
    if value is None or isinstance(value, str):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return "hex:" + value.hex()


def plain(value):
    """What JSON can carry."""
    if isinstance(value, bytes):
        return text(value)
    return value if value is None or isinstance(value, (str, int, float, bool, list, dict)) else value.isoformat()


def as_event(message):
    """The event in a record, or why there is none."""
    headers = {name: value for name, value in message.headers() or [] if value is not None}
    try:
        event = from_kafka(KafkaMessage(headers=headers, key=message.key(), value=message.value() or b""), JSONFormat())
        attributes = {name: plain(value) for name, value in event.get_attributes().items() if value is not None}
        return {"attributes": attributes, "data": plain(event.get_data()), "error": None}
    except Exception as error:  # Whatever the SDK raises says that this is no event.
        return {"attributes": None, "data": None, "error": f"{type(error).__name__}: {error}"}


def main():
    bootstrap, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    deadline = time.monotonic() + (float(sys.argv[4]) if len(sys.argv) > 4 else 30)
    consumer = Consumer({
        "bootstrap.servers": bootstrap,
        "group.id": "portarium-test-readers",
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
        "receive.message.max.bytes": 2_000_000_000,
    })
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    seen = 0
    while seen < count and time.monotonic() < deadline:
        message = consumer.poll(0.2)
        if message is None or message.error() is not None:
            continue
        seen += 1
        told = {
            "partition": message.partition(),
            "offset": message.offset(),
            "key": text(message.key()),
            "value": text(message.value()),
            "headers": [[name, text(value)] for name, value in message.headers() or []],
            **as_event(message),
        }
        print(json.dumps(told), flush=True)
    consumer.close()
    sys.exit(0 if seen >= count else f"{seen} records, not {count}")


main()
