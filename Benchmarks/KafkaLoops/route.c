// route BOOTSTRAP FROM TO RECORDS exactly-once|at-least-once BATCH CODEC LINGER_MS [NAME=VALUE]…
//
// Kafka → filter → Kafka, as one writes it by hand: a group member reads FROM, what has ce_type
// com.example.order.placed goes to TO with key, value and headers unchanged. After BATCH records, or 100 ms, either a
// transaction with the offsets in it is committed, or what was written is awaited and the offsets are committed. Ends
// after RECORDS records were read. The clock runs from the first batch to the last commit, that of secondsWithStart
// from the subscription on: it has the join of the group and the first fetch in it. NAME=VALUE goes to the producer.
#include "loop.h"

#define WAIT_MS_MAX 100

static const char wanted[] = "com.example.order.placed";
static int64_t failed;

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    (void)client;
    (void)opaque;
    if (message->err) failed++;
}

static rd_kafka_t *start_consumer(const char *bootstrap, const char *group, const char *topic) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap);
    set(conf, "group.id", group);
    set(conf, "enable.auto.commit", "false");
    // Some brokers answer a fetch with all there is, whatever limits it names.
    set(conf, "receive.message.max.bytes", "2000000000");
    set(conf, "auto.offset.reset", "earliest");
    set(conf, "isolation.level", "read_committed");
    rd_kafka_t *client = start(RD_KAFKA_CONSUMER, conf);
    rd_kafka_poll_set_consumer(client);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
    check(rd_kafka_subscribe(client, topics), "subscribe");
    rd_kafka_topic_partition_list_destroy(topics);
    return client;
}

static int is_wanted(const rd_kafka_message_t *message) {
    rd_kafka_headers_t *headers;
    const void *value;
    size_t length;
    return !rd_kafka_message_headers(message, &headers) &&
           !rd_kafka_header_get_last(headers, "ce_type", &value, &length) && length == sizeof wanted - 1 &&
           !memcmp(value, wanted, length);
}

static void forward(rd_kafka_t *producer, rd_kafka_topic_t *topic, rd_kafka_message_t *message) {
    rd_kafka_headers_t *headers = NULL;
    rd_kafka_message_detach_headers(message, &headers);
    for (;;) {
        rd_kafka_resp_err_t err = rd_kafka_producev(
            producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_VALUE(message->payload, message->len), RD_KAFKA_V_KEY(message->key, message->key_len),
            RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
        if (!err) return;
        if (err != RD_KAFKA_RESP_ERR__QUEUE_FULL) check(err, "produce");
        rd_kafka_poll(producer, 10);
    }
}

// What was read before is durable in TO, and its offsets with it, when this returns.
static void commit(rd_kafka_t *consumer, rd_kafka_t *producer, int is_transactional) {
    rd_kafka_topic_partition_list_t *offsets;
    check(rd_kafka_assignment(consumer, &offsets), "assignment");
    check(rd_kafka_position(consumer, offsets), "position");
    // Partitions of which nothing was read yet have no position.
    for (int index = offsets->cnt - 1; index >= 0; index--)
        if (offsets->elems[index].offset < 0) rd_kafka_topic_partition_list_del_by_idx(offsets, index);
    if (is_transactional) {
        rd_kafka_consumer_group_metadata_t *group = rd_kafka_consumer_group_metadata(consumer);
        check_error(rd_kafka_send_offsets_to_transaction(producer, offsets, group, 30000), "offsets");
        rd_kafka_consumer_group_metadata_destroy(group);
        check_error(rd_kafka_commit_transaction(producer, 30000), "commit");
        check_error(rd_kafka_begin_transaction(producer), "begin");
    } else {
        check(rd_kafka_flush(producer, 30000), "flush");
        check(rd_kafka_commit(consumer, offsets, 0), "commit");
    }
    rd_kafka_topic_partition_list_destroy(offsets);
}

int main(int argc, char *argv[]) {
    if (argc < 9) fail("usage", "route BOOTSTRAP FROM TO RECORDS exactly-once|at-least-once BATCH CODEC LINGER_MS ...");
    int64_t records = atoll(argv[4]), batch_max = atoll(argv[6]);
    int is_transactional = !strcmp(argv[5], "exactly-once");
    char group[256];
    snprintf(group, sizeof group, "portarium-loop-route-%s", argv[3]);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", argv[1]);
    set(conf, "enable.idempotence", "true");
    set(conf, "partitioner", "murmur2_random");
    set(conf, "compression.codec", argv[7]);
    set(conf, "linger.ms", argv[8]);
    set(conf, "queue.buffering.max.messages", "500000");
    if (is_transactional) set(conf, "transactional.id", group);
    set_arguments(conf, argc, argv, 9);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *producer = start(RD_KAFKA_PRODUCER, conf);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(producer, argv[3], NULL);
    double started_at = seconds_now();
    rd_kafka_t *consumer = start_consumer(argv[1], group, argv[2]);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);
    if (is_transactional) {
        check_error(rd_kafka_init_transactions(producer, 30000), "init");
        check_error(rd_kafka_begin_transaction(producer), "begin");
    }

    static rd_kafka_message_t *batch[BATCH_MAX];
    struct clocks began = {0};
    int64_t seen = 0, matched = 0, uncommitted = 0, commits = 0;
    double committed_at = 0;
    while (seen < records || uncommitted > 0) {
        ssize_t count = rd_kafka_consume_batch_queue(queue, WAIT_MS_MAX / 10, batch, BATCH_MAX);
        if (count < 0) check(rd_kafka_last_error(), "consume");
        if (began.wall == 0 && count > 0) {
            began = start_clocks();
            committed_at = began.wall;
        }
        for (ssize_t index = 0; index < count; index++) {
            rd_kafka_message_t *message = batch[index];
            if (!message->err) {
                seen++;
                uncommitted++;
                if (is_wanted(message)) {
                    matched++;
                    forward(producer, topic, message);
                }
            }
            rd_kafka_message_destroy(message);
        }
        rd_kafka_poll(producer, 0);
        if (uncommitted == 0) continue;
        if (uncommitted < batch_max && seen < records && seconds_now() - committed_at < WAIT_MS_MAX / 1e3) continue;
        commit(consumer, producer, is_transactional);
        uncommitted = 0;
        commits++;
        committed_at = seconds_now();
    }
    char more[256];
    snprintf(more, sizeof more,
             ",\"secondsWithStart\":%.3f,\"matched\":%lld,\"failed\":%lld,\"commits\":%lld,\"guarantee\":\"%s\"",
             seconds_now() - started_at, (long long)matched, (long long)failed, (long long)commits, argv[5]);
    report("route", began, seen, more);
    if (is_transactional) check_error(rd_kafka_abort_transaction(producer, 30000), "abort");
    rd_kafka_queue_destroy(queue);
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(producer);
    return failed != 0;
}
