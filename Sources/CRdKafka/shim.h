// What Swift cannot call of librdkafka (variadic functions), and loops over the headers of messages, which are several
// times cheaper on this side.
#ifndef PORTARIUM_CRDKAFKA_SHIM_H
#define PORTARIUM_CRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

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

// What follows carries messages from topic to topic.

// Takes messages out of a consumer's queue, at most `max`, and waits for the first one only. An event of another kind
// ends it, and is given in `other`. Each message belongs to the event of its index.
static inline size_t crk_take(
    rd_kafka_queue_t *queue, int timeout_ms, rd_kafka_event_t **events, rd_kafka_message_t **messages, size_t max,
    rd_kafka_event_t **other) {
    size_t count = 0;
    *other = NULL;
    while (count < max) {
        rd_kafka_event_t *event = rd_kafka_queue_poll(queue, count ? 0 : timeout_ms);
        if (!event) break;
        const rd_kafka_message_t *message = NULL;
        if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_FETCH) message = rd_kafka_event_message_next(event);
        if (!message || message->err) {
            *other = event;
            break;
        }
        events[count] = event;
        // The event is ours alone: its headers may be taken out of it.
        messages[count++] = (rd_kafka_message_t *)message;
    }
    return count;
}

// Packs the attributes of an event in binary mode as `kind · name length · name · value length (4 bytes) · value`.
//
// Gives the bytes written and how many attributes there are; 0 where the message has to be looked at more closely: it
// is no such event, is of another version, carries types, has anything but plain ASCII in its attributes, or needs more
// than `room` bytes.
static inline size_t crk_attributes(const rd_kafka_message_t *message, uint8_t *start, size_t room, size_t *count) {
    rd_kafka_headers_t *list;
    const char *name;
    const void *value;
    size_t length;
    uint8_t *at = start;
    const uint8_t *end = start + room;
    unsigned required = 0;
    *count = 0;
    if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
    for (size_t index = 0; !rd_kafka_header_get_all(list, index, &name, &value, &length); index++) {
        size_t name_length = strlen(name);
        if (name_length == 12 && !strncasecmp(name, "content-type", 12)) {
            // A type that begins as those of CloudEvents, or with a space.
            if (length >= 17 && !strncasecmp((const char *)value, "application/cloud", 17)) return 0;
            if (length > 0 && *(const char *)value == ' ') return 0;
            name = "datacontenttype";
            name_length = 15;
        } else if (name_length > 3 && !memcmp(name, "ce_", 3)) {
            name += 3;
            name_length -= 3;
            if (name_length > 64 || (name_length == 15 && !memcmp(name, "datacontenttype", 15)) ||
                (name_length == 4 && !memcmp(name, "data", 4)))
                return 0;
        } else if (name_length == 15 && !memcmp(name, "portarium_types", 15)) {
            return 0;
        } else {
            if (name_length == 3 && !memcmp(name, "ce_", 3)) return 0;
            continue;
        }
        if (!value || length == 0 || length > 65536 || (size_t)(end - at) < 6 + name_length + length) return 0;
        for (size_t i = 0; i < name_length; i++)
            if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9'))) return 0;
        const uint8_t *bytes = (const uint8_t *)value;
        uint8_t odd = 0;
        for (size_t i = 0; i < length; i++) odd |= (uint8_t)((uint8_t)(bytes[i] - 0x20) > 0x5e);
        if (odd) return 0;
        for (const uint8_t *seen = start; seen < at;) {
            if (seen[1] == name_length && !memcmp(seen + 2, name, name_length)) return 0;
            seen += 6 + seen[1] + crk_read32(seen + 2 + seen[1]);
        }
        if (name_length == 2 && !memcmp(name, "id", 2)) required |= 1;
        if (name_length == 6 && !memcmp(name, "source", 6)) required |= 2;
        if (name_length == 4 && !memcmp(name, "type", 4)) required |= 4;
        if (name_length == 11 && !memcmp(name, "specversion", 11)) {
            if (length != 3 || memcmp(value, "1.0", 3)) return 0;
            required |= 8;
        }
        at[0] = 0;
        at[1] = (uint8_t)name_length;
        memcpy(at + 2, name, name_length);
        at += 2 + name_length;
        at[0] = (uint8_t)(length >> 24);
        at[1] = (uint8_t)(length >> 16);
        at[2] = (uint8_t)(length >> 8);
        at[3] = (uint8_t)length;
        memcpy(at + 4, value, length);
        at += 4 + length;
        if (++*count > 100) return 0;
    }
    return required == 15 ? (size_t)(at - start) : 0;
}

// Looks at a message's headers without making an event of it. `conditions`: for each the length of a header's name (1
// byte), the name, how many values may stand there (2 bytes), and each with its length (2 bytes) in front.
//
// 1: an event in binary mode that meets all conditions; 0: one that does not; -1: it has to be looked at more closely.
static inline int crk_select(const rd_kafka_message_t *message, const uint8_t *conditions, size_t size) {
    rd_kafka_headers_t *list;
    const char *name;
    const void *value;
    size_t length;
    unsigned required = 0, met = 0, failed = 0, wanted = 0;
    if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return -1;
    for (size_t index = 0; !rd_kafka_header_get_all(list, index, &name, &value, &length); index++) {
        if (name[0] != 'c' && name[0] != 'C') continue;
        size_t name_length = strlen(name);
        if (name_length == 12 && !strncasecmp(name, "content-type", 12)) {
            if (!value || (length > 0 && *(const char *)value == ' ') ||
                (length >= 17 && !strncasecmp((const char *)value, "application/cloud", 17)))
                return -1;
            continue;
        }
        if (name_length < 4 || memcmp(name, "ce_", 3) || !value) continue;
        if (name_length == 5 && !memcmp(name, "ce_id", 5)) required |= 1;
        if (name_length == 9 && !memcmp(name, "ce_source", 9)) required |= 2;
        if (name_length == 7 && !memcmp(name, "ce_type", 7)) required |= 4;
        if (name_length == 14 && !memcmp(name, "ce_specversion", 14) && length == 3 && !memcmp(value, "1.0", 3))
            required |= 8;
        const uint8_t *at = conditions;
        for (unsigned bit = 1; at < conditions + size; bit <<= 1) {
            size_t condition_length = *at++;
            int is_meant = condition_length == name_length && !memcmp(at, name, name_length);
            at += condition_length;
            uint32_t count = crk_read16(at);
            at += 2;
            if (is_meant && ((met | failed) & bit)) return -1;
            int is_met = 0;
            while (count-- > 0) {
                uint32_t value_length = crk_read16(at);
                if (is_meant && value_length == length && !memcmp(at + 2, value, length)) is_met = 1;
                at += 2 + value_length;
            }
            if (is_meant) *(is_met ? &met : &failed) |= bit;
        }
    }
    if (required != 15) return -1;
    for (const uint8_t *at = conditions; at < conditions + size; wanted = wanted << 1 | 1) {
        at += 1 + *at;
        uint32_t count = crk_read16(at);
        at += 2;
        while (count-- > 0) at += 2 + crk_read16(at);
    }
    // What is not said may be taken for granted, see the caller.
    return met == wanted ? 1 : failed ? 0 : -1;
}

// Produces a consumed message to another topic as it is: headers are handed over, key, value and timestamp copied. The
// partition is chosen by the key. A key that is given takes the place of the message's own.
static inline rd_kafka_resp_err_t crk_forward(
    rd_kafka_t *producer, rd_kafka_topic_t *topic, rd_kafka_message_t *message, const void *key, ssize_t key_length) {
    rd_kafka_headers_t *list = NULL;
    if (rd_kafka_message_detach_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) list = NULL;
    int64_t timestamp = rd_kafka_message_timestamp(message, NULL);
    if (key_length < 0) {
        key = message->key;
        key_length = (ssize_t)message->key_len;
    }
    rd_kafka_resp_err_t err = rd_kafka_producev(
        producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(RD_KAFKA_PARTITION_UA),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(message->payload, message->len),
        RD_KAFKA_V_KEY(key, (size_t)key_length), RD_KAFKA_V_TIMESTAMP(timestamp > 0 ? timestamp : 1),
        RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_END);
    if (err && list) rd_kafka_headers_destroy(list);
    return err;
}

#endif
