"""What the peers share: the event that a filter lets through, clocks, and the one line of JSON that each prints."""
import json
import os
import resource
import sys
import threading
import time

from confluent_kafka import Consumer, TopicPartition

WANTED = "com.example.order.placed"

# The settings of the writers and readers that Portarium and the loops in C run with.
# A request that waits for its acknowledgement also waits for the linger, so it is short on the way in.
LINGER_INGRESS_MS = 1
LINGER_ROUTE_MS = 5
PRODUCER = {"acks": "all", "enable.idempotence": "true", "compression.codec": "lz4", "linger.ms": str(LINGER_ROUTE_MS)}
CONSUMER = {
    "auto.offset.reset": "earliest",
    "session.timeout.ms": "6000",
    # Some brokers answer a fetch with all there is, whatever limits it names.
    "receive.message.max.bytes": "2000000000",
}


def cpu_seconds():
    """User and system time of this process and all its threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def tell(**members):
    """Prints one line of JSON."""
    print(json.dumps(members), flush=True)


def records_in(consumer, topic):
    """How many records the topic's partitions hold, by their ends: for topics from which nothing was removed."""
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    ends = [consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=10)[1] for number in partitions]
    return sum(ends)


def report_route(peer, bootstrap, topic, records, matching):
    """Watches the output of a route from a thread of its own, and ends the process when all of it is there.

    Not every peer says what it has read, so all of them are measured by what they wrote: `seconds` runs from the first
    record seen in the output (looked for every 10 ms) to the last, `secondsWithStart` from this call.
    """

    def watch():
        consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "portarium-bench-watch"})
        began, first, first_count, cpu = time.monotonic(), None, 0, cpu_seconds()
        count = 0
        while count < matching and time.monotonic() - began < 300:
            count = records_in(consumer, topic)
            if count > 0 and first is None:
                first, first_count = time.monotonic(), count
            time.sleep(0.01)
        ended = time.monotonic()
        seconds = max(ended - (first or began), 0.001)
        measured = records * (count - first_count) / matching
        tell(
            peer=peer,
            work="route",
            records=records,
            matched=count,
            complete=count == matching,
            seconds=round(seconds, 3),
            secondsWithStart=round(ended - began, 3),
            recordsPerSecond=round(measured / seconds),
            cpuSeconds=round(cpu_seconds() - cpu, 3),
        )
        os._exit(0 if count == matching else 1)

    threading.Thread(target=watch, daemon=True).start()


def arguments(usage, count):
    """The arguments behind the name of the work."""
    if len(sys.argv) != count + 2:
        sys.exit(f"usage: {usage}")
    return sys.argv[2:]
