// librdkafka's mock cluster as a process: mock-cluster BROKERS
//
// Prints "READY host:port,…" and then obeys one command a line from standard input, each answered by "OK" or "ERR
// reason":
//
//   topic NAME PARTITIONS               make a topic
//   error REQUEST CODE COUNT            the next COUNT requests of this API key fail with this code
//   topic-error NAME CODE               metadata of the topic says so; 0 ends it
//   down ID · up ID                     a broker goes, comes back
//   delay ID MILLISECONDS               each answer of a broker takes so long
//   leader NAME PARTITION ID            moves a partition; -1: it has no leader
//   coordinator group|transaction KEY ID
//   versions REQUEST MIN MAX            what the brokers say they can of a request; MIN -1 takes it away
//
// It ends with its standard input, so that it does not outlive who started it.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 4
#define ERRORS_MAX 1024

static rd_kafka_mock_cluster_t *cluster;
static int replicas;

static rd_kafka_resp_err_t push_errors(int request, rd_kafka_resp_err_t code, int count) {
    rd_kafka_resp_err_t errors[ERRORS_MAX];
    if (count < 0 || count > ERRORS_MAX) return RD_KAFKA_RESP_ERR__INVALID_ARG;
    for (int index = 0; index < count; index++) errors[index] = code;
    rd_kafka_mock_push_request_errors_array(cluster, (int16_t)request, (size_t)count, errors);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// `word` is the command and what comes with it, `count` words in all.
static rd_kafka_resp_err_t obey(char *word[], int count) {
    int number[WORDS_MAX + 1] = {0};
    for (int index = 1; index < count; index++) number[index] = atoi(word[index]);
    const char *command = word[0];
    if (!strcmp(command, "topic") && count == 3)
        return rd_kafka_mock_topic_create(cluster, word[1], number[2], replicas);
    if (!strcmp(command, "error") && count == 4) return push_errors(number[1], number[2], number[3]);
    if (!strcmp(command, "topic-error") && count == 3) {
        rd_kafka_mock_topic_set_error(cluster, word[1], number[2]);
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    if (!strcmp(command, "down") && count == 2) return rd_kafka_mock_broker_set_down(cluster, number[1]);
    if (!strcmp(command, "up") && count == 2) return rd_kafka_mock_broker_set_up(cluster, number[1]);
    if (!strcmp(command, "delay") && count == 3) return rd_kafka_mock_broker_set_rtt(cluster, number[1], number[2]);
    if (!strcmp(command, "leader") && count == 4)
        return rd_kafka_mock_partition_set_leader(cluster, word[1], number[2], number[3]);
    if (!strcmp(command, "coordinator") && count == 4)
        return rd_kafka_mock_coordinator_set(cluster, word[1], word[2], number[3]);
    if (!strcmp(command, "versions") && count == 4)
        return rd_kafka_mock_set_apiversion(cluster, (int16_t)number[1], (int16_t)number[2], (int16_t)number[3]);
    return RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED;
}

int main(int argc, char *argv[]) {
    char reason[256];
    char line[1024];
    int brokers = argc > 1 ? atoi(argv[1]) : 3;
    replicas = brokers < 3 ? brokers : 3;
    setvbuf(stdout, NULL, _IOLBF, 0);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), reason, sizeof reason);
    if (!client) {
        fprintf(stderr, "%s\n", reason);
        return 1;
    }
    cluster = rd_kafka_mock_cluster_new(client, brokers);
    if (!cluster) return 1;
    printf("READY %s\n", rd_kafka_mock_cluster_bootstraps(cluster));
    while (fgets(line, sizeof line, stdin)) {
        char *word[WORDS_MAX + 1];
        int count = 0;
        char *rest = NULL;
        char *next = strtok_r(line, " \r\n", &rest);
        for (; next && count <= WORDS_MAX; next = strtok_r(NULL, " \r\n", &rest)) word[count++] = next;
        if (count == 0) continue;
        rd_kafka_resp_err_t result = obey(word, count);
        if (result)
            printf("ERR %s\n", rd_kafka_err2name(result));
        else
            printf("OK\n");
    }
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(client);
    return 0;
}
