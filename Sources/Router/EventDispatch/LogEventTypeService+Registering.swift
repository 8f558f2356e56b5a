import EventLog
import EventTypes
import JSONSchema

extension LogEventTypeService {
    /// See ``EventTypeService/register(_:)``.
    public func register(_ request: EventTypeRequest) async throws(ServiceError) -> EventTypeRegistration {
        let text = request.schema ?? ""
        guard text.utf8.count <= self.configuration.schemaBytesMax else {
            let limit = "at most \(self.configuration.schemaBytesMax) bytes (eventTypes.schemaBytesMax)"
            throw ServiceError(
                .unprocessable, "the schema has \(text.utf8.count) bytes: \(limit)",
                errors: [.init(pointer: "/schema", detail: "must have \(limit)")])
        }
        let schema = try self.compiled(text)
        await self.gate.enter()
        defer { self.gate.leave() }
        try await self.catchUp()
        if let entry = self.entry(request.type, request.tenant) {
            return try await self.register(request, schema, after: entry)
        }
        guard !request.mustExist else { throw Self.unknown }
        return try await self.registerFirst(request, schema)
    }

    private func registerFirst(
        _ request: EventTypeRequest, _ schema: CompiledEventSchema
    ) async throws(ServiceError) -> EventTypeRegistration {
        guard self.count(tenant: request.tenant) < self.configuration.typesPerTenantMax else {
            throw ServiceError(
                .limitExceeded,
                "a tenant has at most \(self.configuration.typesPerTenantMax) event types "
                    + "(eventTypes.typesPerTenantMax): delete one")
        }
        let now = DispatchClock.wall.milliseconds
        let version = EventTypeRecord.Version(
            tenant: request.tenant, generation: RandomName.make(16), number: 1, token: RandomName.make(8),
            schema: schema.text, createdAt: now)
        let settings = EventTypeRecord.Settings(
            tenant: request.tenant, type: request.type, generation: version.generation,
            mode: request.mode ?? .warn, compatibility: request.compatibility ?? .backward, createdAt: now,
            updatedAt: now)
        // The settings make it a type: its schema is there before.
        try await self.append([(version.key, .version(version)), (settings.key, .settings(settings))])
        return try await self.registration(of: request, version, isNewType: true)
    }

    private func register(
        _ request: EventTypeRequest, _ schema: CompiledEventSchema, after entry: EventTypeCatalog.Entry
    ) async throws(ServiceError) -> EventTypeRegistration {
        let latest = try self.compiled(entry.latest.schema)
        guard latest.document != schema.document else {
            try await self.set(request, of: entry)
            guard let entry = self.entry(request.type, request.tenant) else { throw Self.unknown }
            return EventTypeRegistration(view: Self.view(entry), isNewType: false, isNewVersion: false)
        }
        try self.compare(schema, with: latest, entry)
        let version = EventTypeRecord.Version(
            tenant: request.tenant, generation: entry.settings.generation, number: entry.latest.number + 1,
            token: RandomName.make(8), schema: schema.text, createdAt: DispatchClock.wall.milliseconds)
        try await self.append([(version.key, .version(version))])
        let registration = try await self.registration(of: request, version, isNewType: false)
        guard let current = self.entry(request.type, request.tenant) else { throw Self.unknown }
        try await self.set(request, of: current)
        let surplus = current.versions.dropLast(self.configuration.versionsMax).map(\.key) + current.leftovers
        try await self.append(surplus.map { ($0, nil) })
        // A later one of another process may be there already.
        return self.entry(request.type, request.tenant).map {
            EventTypeRegistration(view: Self.view($0, version: version), isNewType: false, isNewVersion: true)
        } ?? registration
    }

    /// - Throws: `conflict` with each reason.
    private func compare(
        _ new: CompiledEventSchema, with old: CompiledEventSchema, _ entry: EventTypeCatalog.Entry
    ) throws(ServiceError) {
        let compatibility = entry.settings.compatibility
        let conflicts = compatibility.conflicts(
            old: old.schema, new: new.schema, stepsMax: self.configuration.comparisonStepsMax)
        guard let first = conflicts.first else { return }
        throw ServiceError(
            .conflict,
            "the schema is not \(compatibility == .full ? "fully" : compatibility.rawValue) compatible with version "
                + "\(entry.latest.number), or cannot be shown to be: /schema\(first.pointer): \(first.detail)",
            errors: conflicts.map { .init(pointer: "/schema" + $0.pointer, detail: $0.detail) })
    }

    /// Whether what was appended is what counts. If not it is taken back.
    /// - Throws: `conflict`: another process was first.
    private func registration(
        of request: EventTypeRequest, _ version: EventTypeRecord.Version, isNewType: Bool
    ) async throws(ServiceError) -> EventTypeRegistration {
        if let entry = self.entry(request.type, request.tenant), entry.versions.contains(version) {
            return EventTypeRegistration(
                view: Self.view(entry, version: version), isNewType: isNewType, isNewVersion: true)
        }
        let own = isNewType ? ["\(version.tenant)/\(version.generation)"] : []
        try await self.append((own + [version.key]).map { ($0, nil) })
        throw ServiceError(
            .conflict,
            "another schema of the event type was registered, or the type deleted, at the same moment: look at it, and "
                + "register again")
    }
}
