"""Bytewax with confluent-kafka doing the work of the benchmarks:

route BOOTSTRAP FROM TO RECORDS MATCHING  Kafka → filter → Kafka, until MATCHING records are in TO

Prints one line of JSON when it ends. It reads the partitions without a group and commits nothing.
"""
import sys

from bytewax import operators as op
from bytewax.connectors.kafka import KafkaSinkMessage
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.testing import run_main
from measure import CONSUMER, PRODUCER, WANTED, arguments, report_route, tell


def main():
    if sys.argv[1:2] != ["route"]:
        sys.exit(__doc__)
    bootstrap, source, target, records, matching = arguments("route BOOTSTRAP FROM TO RECORDS MATCHING", 5)
    wanted = ("ce_type", WANTED.encode())
    flow = Dataflow("route")
    records_in = kop.input(
        "in", flow, brokers=[bootstrap], topics=[source], tail=True, batch_size=2000,
        add_config={"receive.message.max.bytes": CONSUMER["receive.message.max.bytes"]})
    matched = op.filter("filter", records_in.oks, lambda record: wanted in record.headers)
    routed = op.map("keep", matched, lambda record: KafkaSinkMessage(record.key, record.value, headers=record.headers))
    kop.output("out", routed, brokers=[bootstrap], topic=target, add_config=PRODUCER)
    tell(ready=True)
    report_route("bytewax", bootstrap, target, int(records), int(matching))
    run_main(flow)


main()
