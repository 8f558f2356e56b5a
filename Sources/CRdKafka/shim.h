// What Swift cannot call of librdkafka (variadic functions), and loops over the headers of messages, which are several
// times cheaper on this side.
#ifndef PORTARIUM_CRDKAFKA_SHIM_H
#define PORTARIUM_CRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdint.h>
#include <string.h>

// Our packed form of headers: name length (2 bytes) · name · value length (4 bytes) · value, big endian.

static inline uint32_t crk_read16(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }

static inline uint32_t crk_read32(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// Queues one message; key and value are copied. A length of -1 means that there is none. Never blocks.
static inline rd_kafka_resp_err_t crk_produce(
    rd_kafka_t *rk, rd_kafka_topic_t *topic, int32_t partition, const void *value, ssize_t value_length,
    const void *key, ssize_t key_length, const void *headers, size_t headers_length, int64_t timestamp,
    void *opaque) {
    rd_kafka_headers_t *list = NULL;
    if (headers_length > 0) {
        const uint8_t *at = (const uint8_t *)headers;
        const uint8_t *end = at + headers_length;
        list = rd_kafka_headers_new(8);
        while (at < end) {
            uint32_t name_length = crk_read16(at);
            const char *name = (const char *)at + 2;
            uint32_t length = crk_read32(at + 2 + name_length);
            const uint8_t *content = at + 6 + name_length;
            rd_kafka_header_add(list, name, (ssize_t)name_length, content, (ssize_t)length);
            at = content + length;
        }
    }
    rd_kafka_resp_err_t err = rd_kafka_producev(
        rk, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_VALUE((void *)(value_length < 0 ? NULL : value), (size_t)(value_length < 0 ? 0 : value_length)),
        RD_KAFKA_V_KEY((void *)(key_length < 0 ? NULL : key), (size_t)(key_length < 0 ? 0 : key_length)),
        RD_KAFKA_V_TIMESTAMP(timestamp), RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_END);
    // The list is librdkafka's only where the message was taken.
    if (err && list) rd_kafka_headers_destroy(list);
    return err;
}

// Bytes of a message's headers in the packed form. Names over 65,535 bytes are left out.
static inline size_t crk_headers_size(const rd_kafka_message_t *message) {
    rd_kafka_headers_t *list;
    size_t size = 0;
    if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
    const char *name;
    const void *value;
    size_t length;
    for (size_t index = 0; !rd_kafka_header_get_all(list, index, &name, &value, &length); index++) {
        size_t name_length = strlen(name);
        if (name_length <= 65535) size += 6 + name_length + (value ? length : 0);
    }
    return size;
}

// Writes a message's headers in the packed form, crk_headers_size() bytes.
static inline void crk_headers_write(const rd_kafka_message_t *message, uint8_t *at) {
    rd_kafka_headers_t *list;
    if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const char *name;
    const void *value;
    size_t length;
    for (size_t index = 0; !rd_kafka_header_get_all(list, index, &name, &value, &length); index++) {
        size_t name_length = strlen(name);
        if (name_length > 65535) continue;
        if (!value) length = 0;
        at[0] = (uint8_t)(name_length >> 8);
        at[1] = (uint8_t)name_length;
        memcpy(at + 2, name, name_length);
        at += 2 + name_length;
        at[0] = (uint8_t)(length >> 24);
        at[1] = (uint8_t)(length >> 16);
        at[2] = (uint8_t)(length >> 8);
        at[3] = (uint8_t)length;
        if (length) memcpy(at + 4, value, length);
        at += 4 + length;
    }
}

#endif
