import CloudEvents
import NIOCore
import ObjectStore

/// Puts parked data back into their events: fetched by the key in the record, never by a URL, and compared with the
/// length and the hash that were taken when they were parked.
///
/// What is fetched and held at once is bounded, see ``ClaimCheckConfiguration``.
public final class ParkedDataReader: Sendable {
    private let store: (any ObjectStore)?
    private let configuration: ClaimCheckConfiguration
    private let observer: any ClaimCheckObserver
    private let gate: TransferGate

    /// - Parameter store: nil where none is configured: then parked data cannot be had, and nothing is sent without
    ///   them.
    public init(
        store: (any ObjectStore)?, configuration: ClaimCheckConfiguration,
        observer: any ClaimCheckObserver = SilentClaimCheckObserver()
    ) {
        self.store = store
        self.configuration = configuration
        self.observer = observer
        self.gate = TransferGate(transfersMax: configuration.transfersMax, bytesMax: configuration.transferBytesMax)
    }

    /// Bytes of a batch that are fetched together at most.
    var batchBytesMax: Int { self.configuration.transferBytesMax / 2 }

    /// Bytes that are held now.
    public var heldBytes: Int { self.gate.bytes }

    /// Room for so many bytes; nil where the task is cancelled.
    func enter(bytes: Int, tenant: String) async -> TransferPass? {
        await self.gate.enter(bytes: bytes, tenant: tenant)
    }

    /// An event with its data, for one caller: where they cannot be had, the event as it is, which is shown with its
    /// `dataref`.
    /// - Returns: the event, and what has to be kept until it is no longer in memory.
    public func shown(_ event: CloudEvent) async -> (event: CloudEvent, hold: (any Sendable)?) {
        guard let parked = event.parkedData, self.store != nil,
            let pass = await self.enter(bytes: parked.length, tenant: event.tenantID ?? "")
        else { return (event, nil) }
        guard case .success(let resolved) = await self.result(of: event) else { return (event, nil) }
        return (resolved, pass)
    }

    /// What comes of ``resolve(_:)``.
    func result(of event: CloudEvent) async -> Result<CloudEvent, ParkedDataFault> {
        do throws(ParkedDataFault) { return .success(try await self.resolve(event)) } catch { return .failure(error) }
    }

    /// The event as it was produced. The caller has room for its data.
    func resolve(_ event: CloudEvent) async throws(ParkedDataFault) -> CloudEvent {
        guard let parked = event.parkedData else { return event }
        do throws(ParkedDataFault) {
            let data = try await self.data(of: parked, tenant: event.tenantID ?? "")
            self.observer.fetched(bytes: data.readableBytes)
            var resolved = event
            resolved.data = data
            resolved.parkedData = nil
            return resolved
        } catch {
            self.observer.fetchFailed(isLost: !error.isTemporary)
            throw error
        }
    }

    private func data(of parked: ParkedData, tenant: String) async throws(ParkedDataFault) -> ByteBuffer {
        guard let store else {
            throw ParkedDataFault(
                "the event's data are in an object store, and none is configured: set objectStore.endpoint",
                isTemporary: true)
        }
        // Others may write records: none of them gets at another tenant's data.
        guard ObjectKey.belongs(parked.key, to: tenant) else {
            throw ParkedDataFault("parked data: the object is not the tenant's", isTemporary: false)
        }
        let data: ByteBuffer
        do throws(ObjectStoreError) {
            data = try await store.get(parked.key, bytesMax: parked.length)
        } catch {
            switch error.code {
            case .notFound:
                throw ParkedDataFault("parked data: the object is gone (\(error.message))", isTemporary: false)
            case .tooLarge: throw Self.differs
            default: throw ParkedDataFault("parked data: \(error.message)", isTemporary: true)
            }
        }
        guard data.readableBytes == parked.length, DataHash.sha256(of: data) == parked.sha256 else {
            throw Self.differs
        }
        return data
    }

    private static let differs = ParkedDataFault(
        "parked data: the object is not what was parked (length or SHA-256 differ)", isTemporary: false)
}
