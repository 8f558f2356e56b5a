extension BrokerKind {
    /// Why this broker does not have the feature; nil where it has. This is the one place that knows.
    package func limit(_ feature: BrokerFeature) -> String? {
        switch self {
        case .noida: Self.noidaLimits[feature]
        case .tansu: Self.tansuLimits[feature]
        case .mockCluster: Self.mockLimits[feature]
        }
    }

    /// noida 0.2.3.
    private static let noidaLimits: [BrokerFeature: String] = [
        .commitsWhileJoining:
            "a join ends the generation at once: the others' commits are refused until they join anew",
        .evictsDeadMembers: "the next JoinGroup waits for ever for a member that was killed",
        .limitsFetches: "a fetch is answered with all there is; set receive.message.max.bytes to 2147483647",
        .faults: "it has no failures at will; put a TCPProxy before it",
    ]

    /// Tansu 0.6.0 in memory. On an object store (``TansuStore``) it keeps topics, records, offsets and producers over
    /// a SIGKILL, but for records that are on their way: their producer is told that they are there, and they are not.
    /// ``TansuBroker/restart(after:)`` lets them arrive. All else is the same there.
    private static let tansuLimits: [BrokerFeature: String] = [
        .alterTopics: "configurations can only be described",
        .quickJoin: "the first JoinGroup takes half of the session timeout",
        .exactEnds: "the end is said to lie behind the first record of the last batch",
        .groupNames: "what comes behind a slash is not listed",
        .commitMetadata: "the metadata of positions are dropped",
        .commitsWhileJoining:
            "a join ends the generation at once: the others' commits are refused until they join anew",
        .offsetsForTimes: "every timestamp gives offset 0",
        .transactions: "readers with read_committed see aborted records",
        .refusesLargeMessages: "it takes messages of any size",
        .deleteRecords: "the connection breaks",
        .logAppendTime: "the setting is ignored",
        .retention: "nothing is ever removed",
        .keepsData: "it keeps everything in memory, unless it is started on a store",
        .faults: "it has no failures at will; put a TCPProxy before it",
    ]

    /// The mock cluster of librdkafka 2.0.2.
    private static let mockLimits: [BrokerFeature: String] = [
        .createTopics: "topics are made by a command of the mock's own, or by use",
        .describeConfigs: "no DescribeConfigs",
        .alterTopics: "no AlterConfigs and no CreatePartitions",
        .quickJoin: "a join takes three seconds",
        .offsetsForTimes: "the answer is always -1",
        .transactions: "isolation is ignored, offsets in transactions are dropped",
        .fencesZombies: "transactional ids are not fenced",
        .refusesLargeMessages: "there is no limit, and very large messages are lost",
        .deleteRecords: "no DeleteRecords",
        .logAppendTime: "the setting is ignored",
        .retention: "the setting is ignored",
        .largePartitions: "a partition holds its last 5 MiB",
        .groupCalls: "no ListGroups",
        .keepsData: "it keeps everything in memory",
    ]
}
