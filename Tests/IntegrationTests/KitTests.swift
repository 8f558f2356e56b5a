import ProcessKit
import Testing

/// The kit is trusted by every other test here, so it is tested itself.
struct KitTests {
    private func ledger(_ ids: [String]) -> DeliveryLedger {
        DeliveryLedger(
            ids.map { id in
                RecordingSink.Delivery(headers: ["ce-id": id], body: "", at: ContinuousClock().now, status: 204)
            })
    }

    @Test func theLedgerAcceptsRepetitionsButNamesThem() {
        let ledger = self.ledger(["a-1", "b-1", "a-2", "a-1", "a-2", "a-3"])
        #expect(ledger.disorder.isEmpty)
        #expect(ledger.duplicates.map(\.id) == ["a-1", "a-2"])
    }

    @Test func theLedgerSeesWhatOvertook() {
        #expect(self.ledger(["a-1", "a-3", "a-2"]).disorder == ["a: 3 after 1", "a: 2 after 3"])
    }

    @Test func theLedgerSeesWhatIsMissing() {
        #expect(self.ledger(["a-1", "b-1"]).lost(of: ["a-1", "a-2", "b-1"]) == ["a-2"])
    }

    @Test func theSinkRecordsAndAnswersAsTold() async throws {
        try await RecordingSink.with { sink in
            let client = RouterClient(port: sink.port)
            let first = try await client.send("POST", "/", headers: ["ce-id": "a-1"], body: Array("one".utf8))
            sink.answer(with: 503)
            let second = try await client.send("POST", "/", headers: ["CE-ID": "a-2"], body: Array("two".utf8))
            #expect([first.status, second.status] == [204, 503])
            #expect(sink.deliveries.map(\.id) == ["a-1", "a-2"])
            #expect(sink.deliveries.map(\.body) == ["one", "two"])
            #expect(sink.deliveries.map(\.status) == [204, 503])
        }
    }

    @Test func aSinkCanComeBackToItsPort() async throws {
        let sink = RecordingSink(port: try await freePort())
        let client = RouterClient(port: sink.port)
        await #expect(throws: (any Error).self) {
            try await client.send("POST", "/", body: [])
        }
        try await sink.listen()
        #expect(try await client.send("POST", "/", body: []).status == 204)
        try await sink.close()
        try await sink.listen()
        #expect(try await client.send("POST", "/", body: []).status == 204)
        try await sink.close()
    }

    @Test func aRawConnectionSeesStatusAndEnd() async throws {
        try await RecordingSink.with { sink in
            let connection = try await RawConnection.open(port: sink.port)
            await connection.send("POST / HTTP/1.1\r\nhost: a\r\nconte")
            #expect(connection.status == nil)
            await connection.send("nt-length: 0\r\n\r\n")
            #expect(try await connection.answer() == 204)
            await connection.send("nonsense\r\n\r\n")
            try await eventually("the end of the connection") { connection.isClosed }
            await connection.close()
        }
    }

    @Test func whatNeverComesIsNamed() async throws {
        let error = await #expect(throws: DeadlineExceeded.self) {
            try await eventually("a miracle", within: .milliseconds(30)) { false }
        }
        #expect(error?.description.contains("a miracle") == true)
    }

    @Test func seedsRepeatThemselves() {
        var (one, two) = (SeededGenerator(seed: 7), SeededGenerator(seed: 7))
        #expect((0..<10).map { _ in one.next() } == (0..<10).map { _ in two.next() })
    }
}
