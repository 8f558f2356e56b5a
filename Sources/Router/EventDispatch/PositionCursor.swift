import EventLog

/// The text form of a place in several partitions, for cursors of searches and streams:
/// `topic~partition:offset,partition:offset;topic~…`, which needs no escaping in a header or a query.
///
/// A cursor may name every partition there is, so each topic is written once.
enum PositionCursor {
    /// The place before everything: an empty text would be no cursor to those who get it.
    static let beginning = "-"

    static func text(_ offsets: [(TopicPartition, Offset)]) -> String {
        guard !offsets.isEmpty else { return self.beginning }
        var text = ""
        var topic: Topic?
        for (topicPartition, offset) in offsets {
            if topicPartition.topic == topic {
                text += ","
            } else {
                text += (topic == nil ? "" : ";") + "\(topicPartition.topic)~"
                topic = topicPartition.topic
            }
            text += "\(topicPartition.partition):\(offset)"
        }
        return text
    }

    /// - Throws: ``ServiceError`` `invalid` where the text is none of ours.
    static func parse(_ text: String) throws(ServiceError) -> [TopicPartition: Offset] {
        var offsets: [TopicPartition: Offset] = [:]
        if text == self.beginning { return offsets }
        for part in text.split(separator: ";") {
            guard let tilde = part.lastIndex(of: "~"), tilde > part.startIndex else { throw Self.fault }
            let topic = Topic(String(part[..<tilde]))
            for place in part[part.index(after: tilde)...].split(separator: ",", omittingEmptySubsequences: false) {
                guard let colon = place.firstIndex(of: ":"), let partition = Int32(place[..<colon]),
                    let offset = Int64(place[place.index(after: colon)...]), offset >= 0
                else { throw Self.fault }
                offsets[TopicPartition(topic, Partition(partition))] = Offset(offset)
            }
        }
        return offsets
    }

    private static let fault = ServiceError(
        .invalid, "the cursor is not one of ours",
        errors: [ServiceError.FieldError(pointer: "cursor", detail: "use one that an earlier answer gave")])
}
