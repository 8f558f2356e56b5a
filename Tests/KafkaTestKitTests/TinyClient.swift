import CRdKafka
import NIOPosix

/// Just enough of a Kafka client to see that a broker is one. Its calls wait on threads of their own: where they had
/// those of the tests, all tests stood still.
///
/// `@unchecked Sendable`: librdkafka's handles may be used from any thread, and the pointer never changes.
final class TinyClient: @unchecked Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 8)
        pool.start()
        return pool
    }()
    private let handle: OpaquePointer

    /// - Parameter type: `RD_KAFKA_PRODUCER` or `RD_KAFKA_CONSUMER`.
    private init(_ type: rd_kafka_type_t, _ bootstrap: String, _ settings: [String: String]) throws {
        let configuration = rd_kafka_conf_new()
        var reason = [CChar](repeating: 0, count: 256)
        for (name, value) in settings.merging(
            ["bootstrap.servers": bootstrap, "log_level": "0"], uniquingKeysWith: { $1 })
        {
            guard rd_kafka_conf_set(configuration, name, value, &reason, reason.count) == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(configuration)
                throw Failure(description: Self.text(reason))
            }
        }
        guard let handle = rd_kafka_new(type, configuration, &reason, reason.count) else {
            rd_kafka_conf_destroy(configuration)
            throw Failure(description: Self.text(reason))
        }
        self.handle = handle
    }

    /// Makes one, and ends it while its broker is there: it might wait for it without end.
    static func with<R>(
        _ type: rd_kafka_type_t, _ bootstrap: String, _ settings: [String: String] = [:],
        _ body: (TinyClient) async throws -> R
    ) async throws -> R {
        let client = try TinyClient(type, bootstrap, settings)
        let result: Result<R, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        try await Self.threads.runIfActive {
            if type == RD_KAFKA_CONSUMER { rd_kafka_consumer_close(client.handle) }
            rd_kafka_destroy(client.handle)
        }
        return try result.get()
    }

    /// The ports that the brokers advertise.
    func advertisedPorts(withinMilliseconds limit: Int32 = 10_000) async throws -> [Int] {
        try await Self.threads.runIfActive {
            var metadata: UnsafePointer<rd_kafka_metadata>?
            try Self.check(rd_kafka_metadata(self.handle, 0, nil, &metadata, limit))
            guard let metadata else { return [] }
            defer { rd_kafka_metadata_destroy(metadata) }
            return (0..<Int(metadata.pointee.broker_cnt)).map { Int(metadata.pointee.brokers[$0].port) }
        }
    }

    /// Returns when the broker has acknowledged it.
    func produce(_ value: String, to topic: String, withinMilliseconds limit: Int32 = 20_000) async throws {
        try await Self.threads.runIfActive {
            guard let handle = rd_kafka_topic_new(self.handle, topic, nil) else {
                throw Failure(description: "no \(topic)")
            }
            defer { rd_kafka_topic_destroy(handle) }
            let bytes = Array(value.utf8)
            try Self.check(crk_produce(self.handle, handle, 0, bytes, bytes.count, nil, -1, nil, 0, 0, nil))
            try Self.check(rd_kafka_flush(self.handle, limit))
            guard rd_kafka_outq_len(self.handle) == 0 else { throw Failure(description: "not acknowledged") }
        }
    }

    func subscribe(to topic: String) throws {
        let list = rd_kafka_topic_partition_list_new(1)
        defer { rd_kafka_topic_partition_list_destroy(list) }
        rd_kafka_topic_partition_list_add(list, topic, -1)
        try Self.check(rd_kafka_subscribe(self.handle, list))
    }

    /// The next record's value; nil when none came within the limit.
    func consume(withinMilliseconds limit: Int) async throws -> String? {
        try await Self.threads.runIfActive {
            let deadline = ContinuousClock.now + .milliseconds(limit)
            while ContinuousClock.now < deadline {
                guard let message = rd_kafka_consumer_poll(self.handle, 100) else { continue }
                defer { rd_kafka_message_destroy(message) }
                guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
                return String(
                    decoding: UnsafeRawBufferPointer(start: message.pointee.payload, count: message.pointee.len),
                    as: UTF8.self)
            }
            return nil
        }
    }

    private static func check(_ error: rd_kafka_resp_err_t) throws {
        guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        throw Failure(description: String(cString: rd_kafka_err2str(error)))
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension TinyClient {
    /// Writes a record and reads it back as the member of a new group.
    static func roundTrip(_ bootstrap: String, topic: String) async throws -> String? {
        try await Self.with(RD_KAFKA_PRODUCER, bootstrap) { try await $0.produce("hello", to: topic) }
        let settings = [
            "group.id": "\(topic)-readers", "auto.offset.reset": "earliest", "session.timeout.ms": "6000",
            "heartbeat.interval.ms": "1500",
        ]
        return try await Self.with(RD_KAFKA_CONSUMER, bootstrap, settings) { reader in
            try reader.subscribe(to: topic)
            return try await reader.consume(withinMilliseconds: 30_000)
        }
    }
}
