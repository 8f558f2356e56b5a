import CRdKafka
import EventLog
import Glibc
import Logging
import NIOCore
import Synchronization

/// The log on a Kafka cluster, over librdkafka: one idempotent producer, clients that read where they are asked to, and
/// a member of the group of replicas that share the dispatch.
///
/// Made without asking a broker: one that cannot be reached shows in the first call, and in ``probe()``.
public final class KafkaEventLog: EventLog {
    /// Threads for calls that wait for a broker: as many requests of this kind are under way at most.
    private static let blockingThreads = 8
    /// How often idle cursors are looked for.
    private static let sweepInterval = Duration.seconds(1)
    private static let closingPauseMicroseconds: UInt32 = 5_000
    public let configuration: KafkaEventLogConfiguration
    let admin: KafkaAdmin
    let table = KafkaTopicTable()
    let calls: BlockingCalls
    let readers: KafkaReaderPool
    let membership: KafkaMembership
    let liveness: KafkaLiveness
    let logger: Logger
    let writer: KafkaWriter
    private let loops: BlockingCalls
    private let isClosed = Mutex(false)

    /// Makes the clients; no broker is asked yet.
    /// - Throws: ``EventLogError`` where librdkafka does not take the settings: a file that is not there, a name or a
    ///   value that it does not know.
    public init(
        configuration: KafkaEventLogConfiguration,
        observer: any KafkaEventLogObserver = SilentKafkaEventLogObserver(), logger: Logger
    ) throws(EventLogError) {
        self.configuration = configuration
        self.logger = logger
        let handle = try KafkaHandle(.consumer, .reader(configuration, waitMilliseconds: 100), logger: logger)
        self.admin = KafkaAdmin(handle: handle, timeoutMilliseconds: configuration.requestTimeoutMilliseconds)
        self.calls = BlockingCalls(threads: Self.blockingThreads)
        self.loops = BlockingCalls(threads: 1)
        self.readers = KafkaReaderPool(configuration, self.calls, logger: logger)
        self.liveness = KafkaLiveness(sessionTimeout: .milliseconds(configuration.sessionTimeoutMilliseconds))
        self.membership = KafkaMembership(configuration, self.calls, logger: logger)
        do throws(EventLogError) {
            self.writer = try KafkaWriter(configuration, self.table, observer: observer, logger: logger)
        } catch {
            handle.destroy()
            throw error
        }
        let (writer, readers, liveness) = (self.writer, self.readers, self.liveness)
        self.loops.submit {
            var swept = ContinuousClock.now
            while writer.advance() {
                liveness.tick()
                guard swept.duration(to: .now) > Self.sweepInterval else { continue }
                swept = .now
                readers.sweep()
            }
        }
    }

    /// What waits for the brokers, and what was done.
    public var statistics: KafkaEventLogStatistics { self.writer.statistics }

    /// The ends of the partitions that this process has seen; those of others may be further on.
    public var endOffsets: [(topicPartition: TopicPartition, end: Offset)] { self.table.ends }

    /// Whether the brokers answer and the producer can go on.
    /// - Throws: ``EventLogError`` `unavailable` with the reason.
    public func probe() async throws(EventLogError) {
        if let fault = self.writer.fatalError {
            throw EventLogError(.unavailable, "the Kafka producer failed for good and is replaced: \(fault)")
        }
        let admin = self.admin
        // No topic has this name, so that the answer is short; it comes all the same.
        let topic = Topic("\(self.configuration.prefix).probe")
        do throws(EventLogError) {
            try await self.calls.run { admin.metadata(topic).map { _ in } }
        } catch {
            // Who may not see this topic was answered too.
            guard error.isForbidden else { throw error }
        }
    }

    /// Waits for what is under way (as long as an append may take), then lets all clients go; for what librdkafka
    /// itself does not end, it waits ten seconds at a time. Calls that come after throw `closed`. Cancelling has no
    /// effect.
    public func close() async {
        let isFirst = self.isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        await self.membership.leave()
        await self.writer.close()
        let deadline = ContinuousClock.now + KafkaHandle.endPatience
        let loopHasEnded = await self.loops.stop(until: deadline)
        await self.closeReaders(until: deadline)
        guard await self.calls.stop(until: deadline), loopHasEnded else {
            // A call that is under way needs its client.
            return self.logger.warning("calls of the Kafka client do not end, and are left to themselves")
        }
        let (writer, handle, last) = (self.writer, self.admin.handle, BlockingCalls(threads: 1))
        _ = try? await last.run { () -> Result<Void, EventLogError> in
            writer.destroy()
            return .success(handle.destroy())
        }
        _ = await last.stop(until: .now + KafkaHandle.endPatience)
    }

    private func closeReaders(until deadline: ContinuousClock.Instant) async {
        let (readers, closed) = (self.readers, KafkaSignal())
        self.calls.submit {
            while !readers.close(), ContinuousClock.now < deadline { usleep(Self.closingPauseMicroseconds) }
            closed.set()
        }
        await closed.wait(until: deadline, endsWithTask: false)
    }
}
