import EventLog
import KafkaEventLog
import Logging
import Observability
import ServiceLifecycle

/// The log on Kafka.
struct KafkaServedLog: ServedLog {
    private let log: KafkaEventLog
    private let preparation: TopicPreparation

    var eventLog: any EventLog { self.log }
    var index: (any EventIndex)? { nil }
    var services: [any Service] { [] }

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

    func prepare(_ topics: [TopicSpecification]) async throws {
        do { try await self.preparation.prepare(topics) } catch let error as EventLogError {
            throw CommandFailure(.failed, error.message)
        }
    }

    func probe() async throws(EventLogError) { try await self.log.probe() }

    func close() async { await self.log.close() }
}

extension LogMetrics: KafkaEventLogObserver {}
