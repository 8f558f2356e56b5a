// What the loops share: configuration from arguments, clocks, and the one line of JSON that each prints.
#ifndef PORTARIUM_LOOP_H
#define PORTARIUM_LOOP_H

#include <librdkafka/rdkafka.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define BATCH_MAX 10000

static inline void fail(const char *what, const char *reason) {
    fprintf(stderr, "%s: %s\n", what, reason);
    exit(1);
}

static inline void check(rd_kafka_resp_err_t err, const char *what) {
    if (err) fail(what, rd_kafka_err2str(err));
}

static inline void check_error(rd_kafka_error_t *error, const char *what) {
    if (error) fail(what, rd_kafka_error_string(error));
}

static inline void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char reason[256];
    if (rd_kafka_conf_set(conf, name, value, reason, sizeof reason) != RD_KAFKA_CONF_OK) fail(name, reason);
}

// Further settings of librdkafka as NAME=VALUE from argument `first` on.
static inline void set_arguments(rd_kafka_conf_t *conf, int argc, char *argv[], int first) {
    for (int index = first; index < argc; index++) {
        char *value = strchr(argv[index], '=');
        if (!value) fail(argv[index], "not NAME=VALUE");
        char *name = strndup(argv[index], (size_t)(value - argv[index]));
        set(conf, name, value + 1);
        free(name);
    }
}

static inline rd_kafka_t *start(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
    char reason[256];
    rd_kafka_t *client = rd_kafka_new(type, conf, reason, sizeof reason);
    if (!client) fail("rd_kafka_new", reason);
    return client;
}

static inline double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// User and system time of all threads, librdkafka's included.
static inline double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

struct clocks {
    double wall;
    double cpu;
};

static inline struct clocks start_clocks(void) {
    return (struct clocks){.wall = seconds_now(), .cpu = cpu_seconds()};
}

// `more` is further members with their commas before them, or empty.
static inline void report(const char *loop, struct clocks began, int64_t records, const char *more) {
    double seconds = seconds_now() - began.wall;
    printf("{\"loop\":\"%s\",\"librdkafka\":\"%s\",\"records\":%lld,\"seconds\":%.3f,\"recordsPerSecond\":%.0f,"
           "\"cpuSeconds\":%.3f%s}\n",
           loop, rd_kafka_version_str(), (long long)records, seconds, (double)records / seconds,
           cpu_seconds() - began.cpu, more);
    fflush(stdout);
}

#endif
