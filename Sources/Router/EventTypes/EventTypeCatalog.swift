/// The types that there are, out of the records of their topic in their order. A value: no I/O, no clock.
///
/// Of several that were made under one name at the same moment, the one whose settings lie first counts; of several
/// versions of one number, the first. What does not count is a leftover, whose maker takes it back; whoever writes the
/// type next takes back what is still there, before what it writes. So compaction cannot change what counts: only a
/// record that is written again moves behind others.
public struct EventTypeCatalog: Sendable {
    /// Whose type it is, and what it is called.
    public struct Name: Sendable, Hashable {
        public var tenant: String
        public var type: String

        public init(tenant: String, type: String) {
            self.tenant = tenant
            self.type = type
        }
    }

    /// A type that counts.
    public struct Entry: Sendable {
        public var settings: EventTypeRecord.Settings
        /// In the order of their numbers, one at least.
        public var versions: [EventTypeRecord.Version]
        /// Keys of records that do not count.
        public var leftovers: [String]

        /// The one that events are judged by.
        public var latest: EventTypeRecord.Version { self.versions[self.versions.count - 1] }
        /// Keys of all that belongs to it.
        public var keys: [String] { [self.settings.key] + self.versions.map(\.key) + self.leftovers }
    }

    private struct Generation {
        var settings: EventTypeRecord.Settings?
        /// By number, in the order in which they came.
        var versions: [Int: [EventTypeRecord.Version]] = [:]
    }

    /// By tenant and generation.
    private var generations: [String: Generation] = [:]
    /// Keys of settings by name, in the order in which they came.
    private var claims: [Name: [String]] = [:]
    private var types: [String: Set<String>] = [:]

    public init() {}

    /// What counts under a name; nil where nothing does.
    public subscript(_ name: Name) -> Entry? {
        guard let claims = self.claims[name], let first = claims.first, let generation = self.generations[first],
            let settings = generation.settings, !generation.versions.isEmpty
        else { return nil }
        let numbers = generation.versions.sorted { $0.key < $1.key }.map(\.value)
        var leftovers = numbers.flatMap { $0.dropFirst().map(\.key) }
        for claim in claims.dropFirst() {
            leftovers.append(claim)
            leftovers += self.generations[claim]?.versions.values.flatMap { $0.map(\.key) } ?? []
        }
        return Entry(settings: settings, versions: numbers.compactMap(\.first), leftovers: leftovers)
    }

    /// How many a tenant has.
    public func count(tenant: String) -> Int { self.types[tenant]?.count ?? 0 }

    /// All names.
    public var names: [Name] { Array(self.claims.keys) }

    /// A tenant's types by name, from the first after `type` on.
    public func list(tenant: String, after type: String?, limit: Int) -> [Entry] {
        (self.types[tenant] ?? []).filter { candidate in type.map { $0 < candidate } ?? true }.sorted().lazy
            .compactMap { self[Name(tenant: tenant, type: $0)] }.prefix(limit).map(\.self)
    }

    /// Applies a record, or with nil a tombstone. Records under a key that is not theirs change nothing.
    /// - Returns: the name of the type that it may have changed.
    @discardableResult
    public mutating func apply(_ record: EventTypeRecord?, key: String) -> Name? {
        switch record {
        case nil: self.remove(key)
        case .settings(let settings) where settings.key == key: self.put(settings)
        case .version(let version) where version.key == key: self.put(version)
        default: nil
        }
    }

    private mutating func put(_ settings: EventTypeRecord.Settings) -> Name? {
        let name = Name(tenant: settings.tenant, type: settings.type)
        let known = self.generations[settings.key]?.settings
        // A generation never changes its name.
        if let known, known.type != settings.type { return nil }
        self.generations[settings.key, default: Generation()].settings = settings
        if known == nil {
            self.claims[name, default: []].append(settings.key)
            self.types[name.tenant, default: []].insert(name.type)
        }
        return name
    }

    private mutating func put(_ version: EventTypeRecord.Version) -> Name? {
        let key = "\(version.tenant)/\(version.generation)"
        let claims = self.generations[key]?.versions[version.number] ?? []
        guard !claims.contains(where: { $0.token == version.token }) else { return nil }
        self.generations[key, default: Generation()].versions[version.number] = claims + [version]
        return self.name(of: key)
    }

    private func name(of key: String) -> Name? {
        self.generations[key]?.settings.map { Name(tenant: $0.tenant, type: $0.type) }
    }

    private mutating func remove(_ key: String) -> Name? {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return nil }
        let generation = parts[..<2].joined(separator: "/")
        let name = self.name(of: generation)
        if parts.count == 2 {
            self.generations[generation]?.settings = nil
            if let name { self.drop(claim: generation, of: name) }
        } else if parts.count == 4, let number = Int(parts[2]) {
            self.generations[generation]?.versions[number]?.removeAll { $0.token == parts[3] }
            if self.generations[generation]?.versions[number]?.isEmpty == true {
                self.generations[generation]?.versions[number] = nil
            }
        }
        if let left = self.generations[generation], left.settings == nil, left.versions.isEmpty {
            self.generations[generation] = nil
        }
        return name
    }

    private mutating func drop(claim: String, of name: Name) {
        self.claims[name]?.removeAll { $0 == claim }
        guard self.claims[name]?.isEmpty == true else { return }
        self.claims[name] = nil
        self.types[name.tenant]?.remove(name.type)
        if self.types[name.tenant]?.isEmpty == true { self.types[name.tenant] = nil }
    }
}
