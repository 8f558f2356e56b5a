import CloudEvents
import EventLog
import EventTypes
import Foundation
import Identity
import JSONSchema
import NIOCore
import Testing

@testable import EventDispatch

/// The schemas in `schemas/events`: one of each type, with examples that fit.
@Suite(.timeLimit(.minutes(1))) struct EventSchemaFileTests {
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("schemas/events")

    private static let types: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }()

    /// Bodies of webhooks may be anything.
    private static let open = "com.portarium.webhook.Received.v1"

    private static func text(_ type: String) throws -> String {
        String(decoding: try Data(contentsOf: self.directory.appendingPathComponent(type + ".json")), as: UTF8.self)
    }

    private static func schema(_ type: String) throws -> CompiledEventSchema {
        try CompiledEventSchema(try self.text(type))
    }

    private static func check(_ event: CloudEvent) throws {
        let text = String(buffer: try #require(event.data))
        let violations = try self.schema(event.type).schema.violations(in: JSONNode(text))
        #expect(violations.isEmpty, "\(event.type): \(text): \(violations)")
    }

    @Test func thereAreSome() { #expect(Self.types.count > 100) }

    @Test(arguments: types) func aSchemaSaysWhatItIsAndItsExamplesFit(type: String) throws {
        let schema = try Self.schema(type)
        #expect(EventTypeName.isValid(type))
        #expect(schema.text.utf8.count <= EventTypeServiceConfiguration().schemaBytesMax)
        #expect(schema.document["$schema"]?.text == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema.document["$id"]?.text == "https://portarium.dev/schemas/events/\(type).json")
        #expect(schema.document["title"]?.text?.isEmpty == false)
        #expect(schema.document["description"]?.text?.isEmpty == false)
        guard case .array(let examples) = schema.document["examples"] else {
            Issue.record("\(type) has no examples")
            return
        }
        #expect(!examples.isEmpty)
        for example in examples {
            let violations = schema.schema.violations(in: example)
            #expect(violations.isEmpty, "\(type): \(violations)")
            if type != Self.open { try Self.checkMutations(of: example, schema, type) }
        }
    }

    /// Without a member that it must have, with one of another type, or as something else altogether, it does not fit.
    private static func checkMutations(of example: JSONNode, _ schema: CompiledEventSchema, _ type: String) throws {
        #expect(!schema.schema.isValid(.array([example])), "\(type)")
        guard case .object(let members) = example, case .array(let required) = schema.document["required"] else {
            Issue.record("\(type) has nothing that must be there")
            return
        }
        for name in required {
            guard case .string(let name) = name else { continue }
            var without = members
            without[name] = nil
            #expect(!schema.schema.isValid(.object(without)), "\(type) without \(name)")
            var other = members
            other[name] = .array([.array([])])
            #expect(!schema.schema.isValid(.object(other)), "\(type) with another \(name)")
        }
    }

    @Test func everyTypeThatTheRouterEmitsHasOne() {
        let acts = AdministrativeAct.Kind.allCases.map { "com.portarium.audit.\($0.rawValue).v1" }
        let replays = LogReplayService.Occurrence.allCases.map { "com.portarium.replay.\($0.rawValue).v1" }
        let others = [
            "com.portarium.subscription.Suspended.v1", "com.portarium.subscription.RangeLost.v1", Self.open,
        ]
        for type in acts + replays + others { #expect(Self.types.contains(type), "\(type)") }
        let audits = Self.types.filter { $0.hasPrefix("com.portarium.audit.") }
        #expect(Set(audits) == Set(acts))
    }

    @Test(arguments: AdministrativeAct.Kind.allCases) func whatIsToldOfActsFits(kind: AdministrativeAct.Kind) throws {
        let principal = Principal(kind: .token, id: "sub", name: "n", reach: .one("t"), scopes: [.admin])
        let act = AdministrativeAct(kind, subject: "s", details: ["a": "b"])
        try Self.check(AuditEvent.act(act, by: principal, tenant: "t").event)
    }

    @Test func whatIsToldOfSubscriptionsAndReplaysFits() async throws {
        let id = AuditEvent.SubscriptionIdentity(tenant: "t", name: "s", generation: "g")
        try Self.check(AuditEvent.suspended(id, revision: 1, reason: "gone").event)
        let lost = TopicPartition(Topic("portarium.events"), Partition(2))
        for replay in [nil, "r", "s"] {
            try Self.check(AuditEvent.rangeLost(id, replay: replay, lost, from: Offset(1), to: Offset(5)).event)
        }
        try await DispatchWorld.with { world in
            try await world.subscribeAndDeliver(1)
            _ = try await world.replay()
            await until { world.audit.types.count == 2 }
            world.sink.shut { $0.replay != nil }
            let cancelled = try await world.replay()
            _ = try await world.replays.cancel(cancelled.id, tenant: "t")
            _ = try await world.replay()
            try await world.subscriptions.delete(DispatchWorld.id())
            await until { world.audit.types.count == 6 }
            for event in world.audit.events { try Self.check(event) }
        }
    }

    /// All of them together, as a router gets them.
    @Test func eachIsCompatibleWithItself() throws {
        for type in Self.types {
            let schema = try Self.schema(type).schema
            #expect(SchemaCompatibility.full.conflicts(old: schema, new: schema).isEmpty, "\(type)")
        }
    }
}
