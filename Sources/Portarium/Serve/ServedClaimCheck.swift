import ClaimCheck
import EventLog
import Logging
import ObjectStore
import Observability
import ServiceLifecycle

/// The object store, where one is configured, and what parks data in it and fetches them.
struct ServedClaimCheck: Sendable {
    /// What fetches. It is there without a store too: events whose data were parked are not sent without them.
    let reader: ParkedDataReader
    private let store: S3ObjectStore?
    private let configuration: RouterConfiguration
    private let metrics: ClaimCheckMetrics
    private let logger: Logger

    /// - Throws: ``CommandFailure`` where the settings name no store.
    init(_ configuration: RouterConfiguration, metrics: PrometheusMetrics, logger: Logger) throws {
        self.configuration = configuration
        self.metrics = ClaimCheckMetrics(factory: metrics)
        self.logger = logger
        do throws(ObjectStoreError) {
            self.store =
                if let store = configuration.s3ObjectStore { try S3ObjectStore(configuration: store) } else { nil }
        } catch {
            throw CommandFailure(.usage, error.message)
        }
        self.reader = ParkedDataReader(
            store: self.store, configuration: configuration.claimCheck, observer: self.metrics)
    }

    /// What looks now and then whether the store answers.
    var services: [any Service] {
        guard let store else { return [] }
        return [ObjectStoreWatch(store: store, name: self.configuration.objectStore.bucket, logger: self.logger)]
    }

    /// The log for what comes in.
    func writer(before writer: any EventLogWriter) -> any EventLogWriter {
        guard let store, self.configuration.parksData else { return writer }
        return ClaimCheckWriter(
            writer, store: store, configuration: self.configuration.claimCheck, observer: self.metrics)
    }

    /// Ends everything. Called once, after all services have ended.
    func close() async { await self.store?.shutdown() }
}
