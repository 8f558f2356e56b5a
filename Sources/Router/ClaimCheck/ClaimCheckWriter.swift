import CloudEvents
import Crypto
import EventLog
import NIOCore
import ObjectStore

/// A writer in front of another one: data over the threshold are in the object store before their record goes into the
/// log, which keeps a reference in their place.
///
/// Nothing of a call is appended where one of its data could not be parked; objects that were put before are left to
/// the bucket's lifecycle, like those of events that the log let go. Objects of one call are put some at a time; their
/// bytes are the request's, which the server counts.
public struct ClaimCheckWriter: EventLogWriter {
    /// Objects of one call that are put at the same time.
    private static let putsMax = 4

    private let writer: any EventLogWriter
    private let store: any ObjectStore
    private let configuration: ClaimCheckConfiguration
    private let observer: any ClaimCheckObserver

    /// - Parameters:
    ///   - writer: what appends.
    ///   - store: where data are parked.
    public init(
        _ writer: any EventLogWriter, store: any ObjectStore, configuration: ClaimCheckConfiguration,
        observer: any ClaimCheckObserver = SilentClaimCheckObserver()
    ) {
        self.writer = writer
        self.store = store
        self.configuration = configuration
        self.observer = observer
    }

    /// What the other writer says.
    public var appendsAtomically: Bool { self.writer.appendsAtomically }

    /// Parks what is large, then appends.
    /// - Throws: ``EventLogError`` `tooLarge` with the limit; `storeUnavailable` where the store did not take data;
    ///   what the other writer throws.
    public func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
        var large: [(index: Int, event: CloudEvent)] = []
        for (index, record) in records.enumerated() where self.mayBeLarge(record.record) {
            // What is no event is not ours to take apart.
            guard let event = try? record.record.cloudEvent(), event.parkedData == nil else { continue }
            if try self.mustPark(event, index) { large.append((index, event)) }
        }
        guard !large.isEmpty else { return try await self.writer.append(records) }
        var parked = records
        for one in try await self.park(large, records) { parked[one.index].record = one.record }
        return try await self.writer.append(parked)
    }

    private func mayBeLarge(_ record: LogRecord) -> Bool {
        (record.value?.readableBytes ?? 0) > self.configuration.thresholdBytes
            || record.size > self.configuration.eventBytesMax
    }

    /// Whether data are over the threshold.
    /// - Throws: `tooLarge` for data that no object may have, and for an event whose rest the log may not have.
    private func mustPark(_ event: CloudEvent, _ index: Int) throws(EventLogError) -> Bool {
        let bytes = event.data?.readableBytes ?? 0
        let isParked = bytes > self.configuration.thresholdBytes
        if isParked, bytes > self.configuration.objectBytesMax {
            throw EventLogError(
                over: .init(
                    recordIndex: index, size: bytes, limit: "objectStore.objectBytesMax",
                    limitMax: self.configuration.objectBytesMax))
        }
        let rest = event.sizeBytes - (isParked ? bytes : 0)
        guard rest <= self.configuration.eventBytesMax else {
            throw EventLogError(
                over: .init(
                    recordIndex: index, size: rest, limit: self.configuration.eventBytesLimit,
                    limitMax: self.configuration.eventBytesMax))
        }
        return isParked
    }

    private func park(
        _ events: [(index: Int, event: CloudEvent)], _ records: [ProducerRecord]
    ) async throws(EventLogError) -> [Parked] {
        let outcome = await withTaskGroup(
            of: Result<Parked, EventLogError>.self, returning: Result<[Parked], EventLogError>.self
        ) { group in
            var done: [Parked] = []
            for (number, (index, event)) in events.enumerated() {
                if number >= Self.putsMax, let result = await group.next() {
                    switch result {
                    case .success(let one): done.append(one)
                    case .failure(let error):
                        group.cancelAll()
                        return .failure(error)
                    }
                }
                let record = records[index].record
                group.addTask { await self.park(event, of: record).map { Parked(index: index, record: $0) } }
            }
            for await result in group {
                switch result {
                case .success(let one): done.append(one)
                case .failure(let error):
                    group.cancelAll()
                    return .failure(error)
                }
            }
            return .success(done)
        }
        return try outcome.get()
    }

    /// The record of an event whose data are in the store.
    private func park(_ event: CloudEvent, of record: LogRecord) async -> Result<LogRecord, EventLogError> {
        guard let data = event.data else { return .success(record) }
        let key = ObjectKey.make(
            prefix: self.configuration.keyPrefix, tenant: event.tenantID ?? "", at: record.timestamp)
        do throws(ObjectStoreError) {
            try await self.store.put(key, data, contentType: event.dataContentType)
        } catch {
            self.observer.parkingFailed()
            return .failure(
                EventLogError(.storeUnavailable, "data of \(data.readableBytes) bytes were not parked", cause: error))
        }
        self.observer.parked(bytes: data.readableBytes)
        var parked = event
        parked.data = nil
        parked.parkedData = ParkedData(
            key: key, reference: self.store.reference(to: key), length: data.readableBytes,
            sha256: DataHash.sha256(of: data))
        return .success(LogRecord(event: parked, key: record.key, timestamp: record.timestamp))
    }
}

/// A record whose data are in the store, and which of its call it is.
private struct Parked: Sendable {
    var index: Int
    var record: LogRecord
}
