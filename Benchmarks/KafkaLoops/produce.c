// produce BOOTSTRAP TOPIC RECORDS VALUE_BYTES CODEC LINGER_MS [NAME=VALUE]…
//
// The writer that Portarium's is measured against: idempotent, acks=all, CloudEvents in binary mode with six headers
// and a key of 1,024 different ones. Half of the records are of type com.example.order.placed, half
// com.example.order.cancelled, so that a filter has something to do. The clock runs from the first record to the last
// delivery report.
#include "loop.h"

static int64_t delivered;
static int64_t failed;

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    (void)client;
    (void)opaque;
    if (message->err)
        failed++;
    else
        delivered++;
}

static rd_kafka_headers_t *make_headers(int64_t index) {
    char id[32];
    int length = snprintf(id, sizeof id, "event-%012lld", (long long)index);
    const char *type = index % 2 ? "com.example.order.cancelled" : "com.example.order.placed";
    rd_kafka_headers_t *headers = rd_kafka_headers_new(6);
    rd_kafka_header_add(headers, "ce_specversion", -1, "1.0", -1);
    rd_kafka_header_add(headers, "ce_id", -1, id, length);
    rd_kafka_header_add(headers, "ce_source", -1, "/shops/berlin", -1);
    rd_kafka_header_add(headers, "ce_type", -1, type, -1);
    rd_kafka_header_add(headers, "ce_time", -1, "2026-01-01T00:00:00Z", -1);
    rd_kafka_header_add(headers, "ce_subject", -1, "orders/4711", -1);
    return headers;
}

// A JSON object of this many bytes, at least 16. Its text compresses as events do: not to nothing.
static char *make_value(size_t bytes) {
    static const char front[] = "{\"text\":\"";
    static const char words[] = "order payment shipped berlin ";
    if (bytes < 16) fail("VALUE_BYTES", "at least 16");
    char *value = malloc(bytes + 1);
    uint32_t random = 1;
    for (size_t at = 0; at < bytes; at++) {
        random = random * 1664525 + 1013904223;
        value[at] = at % 3 ? words[at % (sizeof words - 1)] : (char)('a' + (random >> 24) % 26);
    }
    memcpy(value, front, sizeof front - 1);
    memcpy(value + bytes - 2, "\"}", 2);
    return value;
}

int main(int argc, char *argv[]) {
    if (argc < 7) fail("usage", "produce BOOTSTRAP TOPIC RECORDS VALUE_BYTES CODEC LINGER_MS [NAME=VALUE]...");
    int64_t records = atoll(argv[3]);
    size_t value_bytes = (size_t)atoll(argv[4]);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", argv[1]);
    set(conf, "enable.idempotence", "true");
    set(conf, "acks", "all");
    set(conf, "partitioner", "murmur2_random");
    set(conf, "compression.codec", argv[5]);
    set(conf, "linger.ms", argv[6]);
    set(conf, "queue.buffering.max.messages", "500000");
    set_arguments(conf, argc, argv, 7);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *client = start(RD_KAFKA_PRODUCER, conf);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, argv[2], NULL);
    const struct rd_kafka_metadata *metadata;
    check(rd_kafka_metadata(client, 0, topic, &metadata, 10000), "metadata");
    rd_kafka_metadata_destroy(metadata);

    char *value = make_value(value_bytes);
    struct clocks began = start_clocks();
    for (int64_t index = 0; index < records; index++) {
        char key[16];
        int key_length = snprintf(key, sizeof key, "key-%04d", (int)(index * 7919 % 1024));
        for (;;) {
            rd_kafka_headers_t *headers = make_headers(index);
            rd_kafka_resp_err_t err = rd_kafka_producev(
                client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                RD_KAFKA_V_VALUE(value, value_bytes), RD_KAFKA_V_KEY(key, (size_t)key_length),
                RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
            if (!err) break;
            rd_kafka_headers_destroy(headers);
            if (err != RD_KAFKA_RESP_ERR__QUEUE_FULL) check(err, "produce");
            rd_kafka_poll(client, 10);
        }
        if (index % 1000 == 0) rd_kafka_poll(client, 0);
    }
    while (delivered + failed < records) rd_kafka_poll(client, 100);

    char more[128];
    snprintf(more, sizeof more, ",\"valueBytes\":%zu,\"codec\":\"%s\",\"failed\":%lld", value_bytes, argv[5],
             (long long)failed);
    report("produce", began, delivered, more);
    free(value);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
    return failed != 0;
}
