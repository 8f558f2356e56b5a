import EmbeddedEventLog
import EventLog
import Logging
import Observability
import ServiceLifecycle

/// The embedded log and its index.
struct EmbeddedServedLog: ServedLog {
    private let log: EmbeddedEventLog
    private let embeddedIndex: EmbeddedEventIndex?
    private let sweeper: LogSweeper

    var eventLog: any EventLog { self.log }
    var index: (any EventIndex)? { self.embeddedIndex }

    var services: [any Service] {
        guard let embeddedIndex else { return [self.sweeper] }
        return [self.sweeper, embeddedIndex]
    }

    var figures: LogFigures {
        let statistics = self.log.statistics
        return LogFigures(
            queuedRecords: statistics.queuedRecords, queuedBytes: statistics.queuedBytes,
            endOffsets: self.log.endOffsets)
    }

    /// Opens the log's directory, and makes it where there is none.
    /// - Throws: ``CommandFailure`` where the directory cannot be had.
    init(_ configuration: RouterConfiguration, metrics: PrometheusMetrics, logger: Logger) async throws {
        do throws(EventLogError) {
            self.log = try EmbeddedEventLog(
                configuration: configuration.eventLog, observer: LogMetrics(factory: metrics), logger: logger)
        } catch {
            throw CommandFailure(.failed, error.message)
        }
        self.sweeper = LogSweeper(
            log: self.log, interval: .seconds(configuration.log.retentionSweepSeconds), logger: logger)
        guard configuration.log.index, configuration.server.roles.contains(.api) else {
            self.embeddedIndex = nil
            return
        }
        do throws(EventLogError) {
            self.embeddedIndex = try EmbeddedEventIndex(log: self.log)
        } catch {
            await self.log.close()
            throw CommandFailure(.failed, error.message)
        }
    }

    /// Whoever runs the embedded log owns its topics: what is missing or differs is made as declared.
    func prepare(_ topics: [TopicSpecification]) async throws {
        for specification in topics { try await self.log.createTopic(specification) }
    }

    func probe() async throws(EventLogError) { try await self.log.probe() }

    func close() async {
        await self.embeddedIndex?.close()
        await self.log.close()
    }
}

extension LogMetrics: EmbeddedEventLogObserver {}
