/// What a test may need of a broker and not every broker has.
package enum BrokerFeature: String, CaseIterable, Sendable, CustomStringConvertible {
    /// CreateTopics.
    case createTopics
    /// DescribeConfigs.
    case describeConfigs
    /// AlterConfigs and CreatePartitions.
    case alterTopics
    /// A group whose first member need not wait for seconds.
    case quickJoin
    /// A member that stops answering is put out of its group after its session timeout.
    case evictsDeadMembers
    /// ListOffsets says where a partition ends.
    case exactEnds
    /// ListOffsets by timestamp.
    case offsetsForTimes
    /// Transactions whose aborted records nobody with `read_committed` sees.
    case transactions
    /// An older producer of the same transactional id is refused.
    case fencesZombies
    /// `max.message.bytes` is enforced.
    case refusesLargeMessages
    /// A fetch is answered with no more than the limits it names.
    case limitsFetches
    /// A partition may hold more than a few megabytes.
    case largePartitions
    /// DeleteRecords.
    case deleteRecords
    /// Timestamps by the broker (`LogAppendTime`).
    case logAppendTime
    /// `retention.ms` and compaction take records away.
    case retention
    /// Offsets of a group that has no members can be written and read.
    case committedOffsets
    /// They come back with their metadata.
    case commitMetadata
    /// Members go on committing while another one joins or leaves.
    case commitsWhileJoining
    /// Groups may be called whatever one likes.
    case groupNames
    /// ListGroups, DescribeGroups and the deletion of groups.
    case groupCalls
    /// What was acknowledged is there after a restart.
    case keepsData
    /// Failures at will: error codes, leaders that move, brokers that go.
    case faults

    package var description: String { self.rawValue }
}
