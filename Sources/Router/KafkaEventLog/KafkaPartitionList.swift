import CRdKafka
import EventLog

/// A list of partitions with offsets in librdkafka's form.
struct KafkaPartitionList: ~Copyable {
    /// One of them, as librdkafka gave it back.
    struct Element: Sendable {
        var topicPartition: TopicPartition
        var offset: Int64
        var metadata: String
        var error: rd_kafka_resp_err_t
    }

    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    /// - Parameter elements: with metadata, which librdkafka frees.
    init(_ elements: [(topicPartition: TopicPartition, offset: Int64, metadata: String?)]) {
        // librdkafka gives no null here but ends the process where there is no memory.
        self.pointer = rd_kafka_topic_partition_list_new(Int32(max(1, elements.count)))
        for (topicPartition, offset, metadata) in elements {
            let added = rd_kafka_topic_partition_list_add(
                self.pointer, topicPartition.topic.name, topicPartition.partition.value)
            added?.pointee.offset = offset
            if let metadata, !metadata.isEmpty, let copy = strdup(metadata) {
                added?.pointee.metadata = UnsafeMutableRawPointer(copy)
                added?.pointee.metadata_size = strlen(copy)
            }
        }
    }

    /// A list of partitions without offsets.
    init(_ topicPartitions: [TopicPartition], offset: Int64) {
        self.init(topicPartitions.map { ($0, offset, nil) })
    }

    deinit { rd_kafka_topic_partition_list_destroy(self.pointer) }

    var elements: [Element] { Self.elements(of: self.pointer) }

    /// Reads a list that librdkafka owns.
    static func elements(of list: UnsafePointer<rd_kafka_topic_partition_list_t>) -> [Element] {
        (0..<Int(list.pointee.cnt)).map { index in
            let found = list.pointee.elems[index]
            var metadata = ""
            if let bytes = found.metadata, found.metadata_size > 0 {
                metadata = String(
                    decoding: UnsafeRawBufferPointer(start: bytes, count: found.metadata_size), as: UTF8.self)
            }
            return Element(
                topicPartition: TopicPartition(Topic(String(cString: found.topic)), Partition(found.partition)),
                offset: found.offset, metadata: metadata, error: found.err)
        }
    }
}
