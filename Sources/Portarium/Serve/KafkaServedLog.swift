import EventDispatch
import EventIndexProjection
import EventLog
import Ingress
import KafkaEventLog
import Logging
import Observability
import ServiceLifecycle
import Synchronization

/// The log on Kafka, and the index of its events beside this process.
final class KafkaServedLog: ServedLog {
    private let log: KafkaEventLog
    private let preparation: TopicPreparation
    private let configuration: RouterConfiguration
    private let logger: Logger
    /// There after ``prepare(_:)``, where events are indexed.
    private let projection = Mutex<LogEventIndex?>(nil)
    private let eventTopics: [Topic]

    /// What others wrote to the event topics is read as the router's own.
    var eventLog: any EventLog {
        AdoptingEventLog(
            self.log, topics: self.eventTopics, tenant: self.configuration.server.defaultTenant)
    }
    var index: (any EventIndex)? { self.projection.withLock { $0 } }
    var services: [any Service] { self.projection.withLock { $0.map { [$0] } ?? [] } }

    var figures: LogFigures {
        let statistics = self.log.statistics
        return LogFigures(
            queuedRecords: statistics.queuedRecords, queuedBytes: statistics.queuedBytes,
            endOffsets: self.log.endOffsets)
    }

    /// Makes the clients; no broker is asked yet.
    /// - Throws: ``CommandFailure`` where the client does not take the settings.
    init(_ configuration: RouterConfiguration, metrics: PrometheusMetrics, logger: Logger) throws {
        do throws(EventLogError) {
            self.log = try KafkaEventLog(
                configuration: configuration.kafkaEventLog, observer: LogMetrics(factory: metrics), logger: logger)
        } catch {
            throw CommandFailure(.failed, error.message)
        }
        self.configuration = configuration
        self.logger = logger
        self.eventTopics = try configuration.routingTable().topics
        self.preparation = TopicPreparation(
            keeper: self.log, createsTopics: configuration.kafka.createTopics, logger: logger)
        if configuration.kafka.saslMechanism.takesPassword, !configuration.kafka.tls {
            logger.warning("the connections to the brokers are not encrypted: set kafka.tls, others can sign in too")
        }
        if configuration.eventBytesMax < configuration.limits.eventBytesMax {
            logger.info(
                "events are bounded by kafka.recordBytesMax",
                metadata: ["eventBytesMax": "\(configuration.eventBytesMax)"])
        }
    }

    /// Makes or verifies the topics, then opens the index.
    func prepare(_ topics: [TopicSpecification]) async throws {
        do {
            try await self.preparation.prepare(topics)
            guard self.configuration.log.index, self.configuration.server.roles.contains(.api) else { return }
            var index = LogEventIndexConfiguration(
                directory: self.configuration.log.dataDirectory,
                logID: "\(try await self.log.clusterID())/\(self.configuration.log.topicPrefix)",
                topics: topics.filter { !$0.isCompacted }.map(\.topic)
                    .filter { $0 != self.configuration.webhookService.deliveryTopic })
            index.interval = .milliseconds(self.configuration.log.indexIntervalMilliseconds)
            let projection = try LogEventIndex(log: self.eventLog, configuration: index, logger: self.logger)
            self.projection.withLock { $0 = projection }
        } catch let error as EventLogError {
            throw CommandFailure(.failed, error.message)
        }
    }

    func probe() async throws(EventLogError) { try await self.log.probe() }

    func close() async {
        await self.projection.withLock { $0 }?.close()
        await self.log.close()
    }
}

extension LogMetrics: KafkaEventLogObserver {}
