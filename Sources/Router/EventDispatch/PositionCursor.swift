import EventLog

/// The text form of a place in several partitions, for cursors of searches and streams: `topic/partition=offset,…`,
/// with `/` and `=` written `~` and `:` so that it needs no escaping in a header or a query.
enum PositionCursor {
    static func text(_ offsets: [(TopicPartition, Offset)]) -> String {
        offsets.map { "\($0.topic)~\($0.partition):\($1)" }.joined(separator: ",")
    }

    /// - Throws: ``ServiceError`` `invalid` where the text is none of ours.
    static func parse(_ text: String) throws(ServiceError) -> [TopicPartition: Offset] {
        var offsets: [TopicPartition: Offset] = [:]
        for part in text.split(separator: ",") {
            guard let tilde = part.lastIndex(of: "~"), let colon = part.lastIndex(of: ":"), tilde < colon,
                let partition = Int32(part[part.index(after: tilde)..<colon]),
                let offset = Int64(part[part.index(after: colon)...]), offset >= 0
            else {
                throw ServiceError(unknownCursor: "use one that an earlier answer gave")
            }
            offsets[TopicPartition(Topic(String(part[..<tilde])), Partition(partition))] = Offset(offset)
        }
        return offsets
    }
}
