import JSONSchema
import Testing

@testable import EventTypes

/// What counts of the records of event types is decided by their order alone.
struct EventTypeCatalogTests {
    private static let name = EventTypeCatalog.Name(tenant: "t", type: "a")

    private static func settings(_ generation: String, mode: EventTypeMode = .warn) -> EventTypeRecord {
        .settings(
            .init(
                tenant: "t", type: "a", generation: generation, mode: mode, compatibility: .backward, createdAt: 1,
                updatedAt: 1))
    }

    private static func version(_ generation: String, _ number: Int, _ token: String = "x") -> EventTypeRecord {
        .version(
            .init(
                tenant: "t", generation: generation, number: number, token: token, schema: "\"\(token)\"", createdAt: 1)
        )
    }

    private static func catalog(_ records: [EventTypeRecord]) -> EventTypeCatalog {
        var catalog = EventTypeCatalog()
        for record in records { catalog.apply(record, key: record.key) }
        return catalog
    }

    @Test func aTypeIsThereWhenItsSchemaAndItsSettingsAre() {
        #expect(Self.catalog([Self.version("g", 1)])[Self.name] == nil)
        #expect(Self.catalog([Self.settings("g")])[Self.name] == nil)
        let entry = Self.catalog([Self.version("g", 1), Self.settings("g")])[Self.name]
        #expect(entry?.latest.number == 1)
        #expect(entry?.leftovers == [])
    }

    @Test func ofTwoThatWereMadeAtOnceTheFirstCounts() {
        let records = [
            Self.version("one", 1, "x"), Self.version("two", 1, "y"), Self.settings("one"), Self.settings("two"),
        ]
        let entry = Self.catalog(records)[Self.name]
        #expect(entry?.settings.generation == "one")
        #expect(entry?.leftovers == ["t/two", "t/two/1/y"])
        #expect(Self.catalog(records).count(tenant: "t") == 1)
    }

    @Test func ofTwoVersionsOfOneNumberTheFirstCounts() {
        let records = [
            Self.version("g", 1), Self.settings("g"), Self.version("g", 2, "first"), Self.version("g", 2, "second"),
        ]
        let entry = Self.catalog(records)[Self.name]
        #expect(entry?.versions.map(\.token) == ["x", "first"])
        #expect(entry?.leftovers == ["t/g/2/second"])
    }

    /// Whoever writes settings again takes leftovers back before: then compaction, which leaves the last record of each
    /// key, changes nothing.
    @Test func compactionChangesNothing() {
        var catalog = EventTypeCatalog()
        var log: [(key: String, record: EventTypeRecord?)] = []
        func append(_ key: String, _ record: EventTypeRecord?) {
            log.append((key, record))
            catalog.apply(record, key: key)
        }
        for record in [
            Self.version("one", 1), Self.version("two", 1), Self.settings("one"), Self.settings("two"),
            Self.version("one", 2, "y"),
        ] {
            append(record.key, record)
        }
        for key in catalog[Self.name]?.leftovers ?? [] { append(key, nil) }
        append("t/one", Self.settings("one", mode: .enforce))
        var compacted = EventTypeCatalog()
        for (index, (key, record)) in log.enumerated() where !log[(index + 1)...].contains(where: { $0.key == key }) {
            compacted.apply(record, key: key)
        }
        #expect(compacted[Self.name]?.settings.mode == .enforce)
        #expect(compacted[Self.name]?.settings == catalog[Self.name]?.settings)
        #expect(compacted[Self.name]?.versions == catalog[Self.name]?.versions)
        #expect(compacted[Self.name]?.leftovers == [])
    }

    @Test func whatIsDeletedLeavesNothing() throws {
        var catalog = Self.catalog([Self.version("g", 1), Self.settings("g"), Self.version("g", 2)])
        for key in try #require(catalog[Self.name]).keys { catalog.apply(nil, key: key) }
        #expect(catalog[Self.name] == nil)
        #expect(catalog.names.isEmpty)
        #expect(catalog.count(tenant: "t") == 0)
        // A version of what is gone is nobody's.
        let late = Self.version("g", 3)
        #expect(catalog.apply(late, key: late.key) == nil)
        #expect(catalog[Self.name] == nil)
    }

    @Test func recordsUnderOtherKeysChangeNothing() {
        var catalog = EventTypeCatalog()
        for key in ["", "t", "t/other", "u/g", "t/g/1", "t/g/1/y/z"] {
            #expect(catalog.apply(Self.settings("g"), key: key) == nil)
            #expect(catalog.apply(Self.version("g", 1), key: key) == nil)
            #expect(catalog.apply(nil, key: key) == nil)
        }
        #expect(catalog.names.isEmpty)
    }
}
