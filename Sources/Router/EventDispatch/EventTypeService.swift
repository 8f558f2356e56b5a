import EventTypes

/// Registers and shows types of events with the schemas of their data. What is another tenant's is not there.
public protocol EventTypeService: Sendable {
    /// Registers a type, or the next version of one that is there. What is the latest version already is no new one.
    /// - Throws: `unprocessable` for a schema that is none; `conflict` where it is not compatible with the latest
    ///   version, each reason with its place, or another was registered at the same moment; `limitExceeded`;
    ///   `unavailable`; `notFound` where the request asks for a type that is there.
    func register(_ request: EventTypeRequest) async throws(ServiceError) -> EventTypeRegistration

    /// - Throws: `notFound`, `unavailable`.
    func get(_ type: String, tenant: String) async throws(ServiceError) -> EventTypeView

    /// A tenant's types by name. A page ends early where its schemas would be too many bytes.
    /// - Throws: `unavailable`.
    func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<EventTypeView>

    /// The versions that are kept, the oldest first. The cursor is the last number.
    /// - Throws: `notFound`, `invalid`, `unavailable`.
    func versions(
        of type: String, tenant: String, page: PageRequest
    ) async throws(ServiceError) -> Page<EventTypeVersionView>

    /// - Parameter number: nil: the latest.
    /// - Throws: `notFound`, `unavailable`.
    func version(_ number: Int?, of type: String, tenant: String) async throws(ServiceError) -> EventTypeVersionView

    /// Changes what a type is set to.
    /// - Throws: `notFound`; `unprocessable` where the request has another schema than the latest; `unavailable`.
    func update(_ request: EventTypeRequest) async throws(ServiceError) -> EventTypeView

    /// Deletes a type with all its versions.
    /// - Throws: `notFound`, `unavailable`.
    func delete(_ type: String, tenant: String) async throws(ServiceError)
}
