import CloudEvents
import Testing

struct OrderingKeyTests {
    private func event(_ attributes: KeyValuePairs<String, String>) -> CloudEvent {
        var event = CloudEvent(id: "the-id", source: "/s", type: "t")
        for (name, value) in attributes { event.attributes.append(name: name, value: value) }
        return event
    }

    private func key(_ event: CloudEvent) -> String { String(decoding: OrderingKey.bytes(of: event), as: UTF8.self) }

    @Test func partitionKeyComesFirst() {
        let event = self.event([
            "correlationid": "c", "subject": "s", "runid": "r", "partitionkey": "p", "tenantid": "acme",
        ])
        #expect(self.key(event) == "acme|p")
    }

    @Test(arguments: [
        (["partitionkey", "runid", "subject", "correlationid"], "v0"),
        (["runid", "subject", "correlationid"], "v0"),
        (["subject", "correlationid"], "v0"),
        (["correlationid"], "v0"),
        ([], "the-id"),
    ])
    func eachCandidateGivesWayToTheOneBefore(names: [String], expected: String) {
        for order in [names, names.reversed()] {
            var event = CloudEvent(id: "the-id", source: "/s", type: "t")
            for name in order {
                event.attributes.append(name: name, value: "v\(names.firstIndex(of: name) ?? -1)")
            }
            event.attributes.append(name: "tenantid", value: "acme")
            #expect(self.key(event) == "acme|" + expected)
        }
    }

    @Test func tenantScopesTheKey() {
        let (acme, other) = (
            self.event(["tenantid": "acme", "subject": "s"]), self.event(["tenantid": "other", "subject": "s"])
        )
        #expect(self.key(acme) != self.key(other))
        #expect(OrderingKey.hash(of: acme) != OrderingKey.hash(of: other))
        #expect(self.key(self.event(["subject": "s"])) == "|s")
    }

    @Test func tenantAndKeyDoNotRunTogether() {
        let (one, two) = (
            self.event(["tenantid": "a", "subject": "bc"]), self.event(["tenantid": "ab", "subject": "c"])
        )
        #expect(OrderingKey.bytes(of: one) != OrderingKey.bytes(of: two))
        #expect(OrderingKey.hash(of: one) != OrderingKey.hash(of: two))
    }

    @Test func sameKeyHasTheSameHashWhateverElseTheEventSays() {
        let (one, two) = (
            self.event(["tenantid": "a", "subject": "x", "extra": "1"]),
            self.event(["subject": "x", "tenantid": "a", "time": "2018-04-05T17:31:00Z"])
        )
        #expect(OrderingKey.bytes(of: one) == OrderingKey.bytes(of: two))
        #expect(OrderingKey.hash(of: one) == OrderingKey.hash(of: two))
    }

    @Test func hashesOfManyKeysSpread() {
        let hashes = (0..<10_000).map {
            OrderingKey.hash(of: self.event(["tenantid": "acme", "subject": "run-\($0)"]))
        }
        #expect(Set(hashes).count == 10_000)
        let lanes = Dictionary(grouping: hashes) { $0 % 64 }
        #expect(lanes.count == 64)
        #expect(lanes.values.allSatisfy { (60...320).contains($0.count) })
    }
}
