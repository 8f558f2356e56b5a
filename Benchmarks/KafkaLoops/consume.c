// consume BOOTSTRAP TOPIC RECORDS [NAME=VALUE]…
//
// The reader that Portarium's is measured against: assigned to all partitions from their start, batches from the
// consumer's queue, every header of every record looked at. The clock runs from the
// assignment to the last record, the first fetch included: a broker may answer it with everything at once.
#include "loop.h"

int main(int argc, char *argv[]) {
    if (argc < 4) fail("usage", "consume BOOTSTRAP TOPIC RECORDS [NAME=VALUE]...");
    int64_t records = atoll(argv[3]);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", argv[1]);
    set(conf, "group.id", "portarium-loop-consume");
    set(conf, "enable.auto.commit", "false");
    // Some brokers answer a fetch with all there is, whatever limits it names.
    set(conf, "receive.message.max.bytes", "2000000000");
    set_arguments(conf, argc, argv, 4);
    rd_kafka_t *client = start(RD_KAFKA_CONSUMER, conf);
    rd_kafka_poll_set_consumer(client);
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, argv[2], NULL);
    check(rd_kafka_metadata(client, 0, topic, &metadata, 10000), "metadata");
    rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(metadata->topics[0].partition_cnt);
    for (int index = 0; index < metadata->topics[0].partition_cnt; index++)
        rd_kafka_topic_partition_list_add(all, argv[2], index)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_metadata_destroy(metadata);
    struct clocks began = start_clocks();
    check(rd_kafka_assign(client, all), "assign");

    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(client);
    static rd_kafka_message_t *batch[BATCH_MAX];
    int64_t seen = 0, bytes = 0, headers_seen = 0;
    while (seen < records) {
        ssize_t count = rd_kafka_consume_batch_queue(queue, 1000, batch, BATCH_MAX);
        if (count < 0) check(rd_kafka_last_error(), "consume");
        for (ssize_t index = 0; index < count; index++) {
            rd_kafka_message_t *message = batch[index];
            if (message->err) {
                if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
                    fprintf(stderr, "%s\n", rd_kafka_message_errstr(message));
                rd_kafka_message_destroy(message);
                continue;
            }
            rd_kafka_headers_t *headers;
            if (!rd_kafka_message_headers(message, &headers)) {
                const char *name;
                const void *value;
                size_t length;
                for (size_t at = 0; !rd_kafka_header_get_all(headers, at, &name, &value, &length); at++) {
                    bytes += (int64_t)length;
                    headers_seen++;
                }
            }
            bytes += (int64_t)(message->len + message->key_len);
            seen++;
            rd_kafka_message_destroy(message);
        }
    }
    char more[128];
    snprintf(more, sizeof more, ",\"bytes\":%lld,\"headers\":%lld", (long long)bytes, (long long)headers_seen);
    report("consume", began, seen, more);
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_partition_list_destroy(all);
    rd_kafka_topic_destroy(topic);
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
    return 0;
}
