import EventLog
import HTTPServing
import HTTPTypes
import HummingbirdTesting
import Ingress
import NIOCore
import Synchronization
import Testing

@Suite struct EventRoutesTests {
    private let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func structuredEventIsStoredAndAnsweredWithItsPosition() async throws {
        let server = try EventServer()
        let response = try await server.post(
            event(
                type: "com.portarium.run.RunStarted.v1",
                more: #","datacontenttype":"application/json","subject":"r1","x1":"é","data":{"a": [1, 2]}"#))
        #expect(response.status == .accepted)
        #expect(response.headers[.contentType] == "application/json")
        #expect(
            response.text
                == #"{"accepted":1,"events":[{"id":"1","source":"/s","correlationid":"minted-1","#
                + #""topic":"portarium.runs","partition":3,"offset":0}]}"#)
        let record = try #require(server.writer.records.first)
        #expect(server.writer.records.count == 1)
        #expect(record.topic == Topic("portarium.runs"))
        #expect(record.key == "default|r1")
        #expect(record.record.timestamp == EventServer.now)
        #expect(record.value == #"{"a": [1, 2]}"#)
        #expect(record.headers["ce_tenantid"] == "default")
        #expect(record.headers["ce_correlationid"] == "minted-1")
        #expect(record.headers["ce_subject"] == "r1")
        #expect(record.headers["ce_x1"] == "é")
        #expect(record.headers["ce_time"] == nil)
        #expect(record.headers["content-type"] == "application/json")
    }

    @Test func binaryEventIsStoredWithItsBodyUntouched() async throws {
        let server = try EventServer()
        let body = ByteBuffer(bytes: [0x00, 0xff, 0x80, 0x0a])
        let response = try await server.post(
            body, contentType: "application/octet-stream",
            headers: [
                ("ce-specversion", "1.0"), ("ce-id", "a%20b"), ("ce-source", "/s"), ("ce-type", "t"),
                ("CE-Extra", "%C3%A9"),
            ])
        #expect(response.status == .accepted)
        #expect(response.text.contains(#""id":"a b""#))
        let record = try #require(server.writer.records.first)
        #expect(record.record.value == body)
        #expect(record.headers["content-type"] == "application/octet-stream")
        #expect(record.headers["ce_extra"] == "é")
        #expect(record.topic == Topic("portarium.events"))
    }

    @Test func batchIsOneAppendInItsOrder() async throws {
        let server = try EventServer()
        let response = try await server.postBatch([
            event(id: "a", type: "com.portarium.run.RunStarted"), event(id: "b", type: "com.example.x"),
            event(id: "c", type: "com.portarium.run.RunEnded", more: #","correlationid":"kept""#),
        ])
        #expect(response.status == .accepted)
        #expect(
            response.text
                == #"{"accepted":3,"events":["#
                + #"{"id":"a","source":"/s","correlationid":"minted-1","#
                + #""topic":"portarium.runs","partition":3,"offset":0},"#
                + #"{"id":"b","source":"/s","correlationid":"minted-2","#
                + #""topic":"portarium.events","partition":3,"offset":0},"#
                + #"{"id":"c","source":"/s","correlationid":"kept","#
                + #""topic":"portarium.runs","partition":3,"offset":1}]}"#
        )
        #expect(server.writer.appends.count == 1)
        #expect(server.writer.records.map { $0.headers["ce_id"] } == ["a", "b", "c"])
        let accepted = server.counter.accepted.withLock { $0 }
        #expect(accepted.count == 1)
        #expect(accepted.first?.events == 3)
    }

    @Test func emptyBatchIsAcceptedAndAppendsNothing() async throws {
        let server = try EventServer()
        let response = try await server.postBatch([])
        #expect(response.status == .accepted)
        #expect(response.text == #"{"accepted":0,"events":[]}"#)
        #expect(server.writer.appends.isEmpty)
    }

    @Test func answerWaitsForTheLog() async throws {
        let server = try EventServer()
        server.writer.hold()
        try await withThrowingTaskGroup(of: TestResponse.self) { group in
            group.addTask { try await server.post(event()) }
            await server.writer.awaitAppends(1)
            #expect(server.counter.accepted.withLock { $0.isEmpty })
            #expect(server.budget.requests == 1)
            server.writer.release()
            let response = try await group.next()
            #expect(response?.status == .accepted)
        }
        #expect(server.budget.requests == 0)
        #expect(server.budget.bytes == 0)
    }

    // MARK: Tenant

    @Test func eventIsStampedWithTheCallersTenant() async throws {
        let server = try EventServer()
        _ = try await server.post(event(), headers: [("X-Tenant-Id", "acme")])
        _ = try await server.post(event(more: #","tenantid":"acme""#), headers: [("X-Tenant-Id", "acme")])
        #expect(server.writer.records.map { $0.headers["ce_tenantid"] } == ["acme", "acme"])
        #expect(server.writer.records.map(\.key) == ["acme|minted-1", "acme|minted-2"])
    }

    @Test func eventOfAnotherTenantIsRefused() async throws {
        let server = try EventServer()
        let response = try await server.post(event(more: #","tenantid":"other""#), headers: [("X-Tenant-Id", "acme")])
        #expect(response.status == .unprocessableContent)
        #expect(response.text.contains("urn:portarium:problem:tenant-conflict"))
        #expect(response.text.contains(#""pointer":"/tenantid""#))
        #expect(!response.text.contains("other\""))
        let binary = try await server.post(
            "", contentType: nil,
            headers: [
                ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t"),
                ("ce-tenantid", "other"),
            ])
        #expect(binary.status == .unprocessableContent)
        #expect(binary.text.contains(#""pointer":"header:ce-tenantid""#))
        #expect(server.writer.appends.isEmpty)
        #expect(server.counter.refused.withLock { $0 } == [.tenantConflict, .tenantConflict])
    }

    @Test func oneEventOfAnotherTenantRefusesItsBatch() async throws {
        let server = try EventServer()
        let response = try await server.postBatch([event(id: "a"), event(id: "b", more: #","tenantid":"other""#)])
        #expect(response.status == .unprocessableContent)
        #expect(response.text.contains(#""index":1"#))
        #expect(response.text.contains(#""pointer":"/1/tenantid""#))
        #expect(server.writer.appends.isEmpty)
    }

    // MARK: Correlation and trace

    @Test func correlationIsKeptOrMintedAndReturned() async throws {
        let server = try EventServer()
        let name = try #require(HTTPField.Name("correlation-id"))
        let kept = try await server.post(event(more: #","correlationid":"flow-7""#))
        #expect(kept.headers[name] == "flow-7")
        #expect(kept.text.contains(#""correlationid":"flow-7""#))
        let minted = try await server.post(event())
        #expect(minted.headers[name] == "minted-1")
        #expect(server.writer.records.map { $0.headers["ce_correlationid"] } == ["flow-7", "minted-1"])
    }

    @Test func anEmptyCorrelationIsAsGoodAsNone() async throws {
        let server = try EventServer()
        let answer = try await server.post(event(more: #","correlationid":"""#))
        #expect(answer.status == .accepted)
        #expect(answer.text.contains(#""correlationid":"minted-1""#))
        #expect(server.writer.records.map { $0.headers["ce_correlationid"] } == ["minted-1"])
    }

    @Test func anAttributeCalledDataIsRefusedAtItsHeader() async throws {
        let server = try EventServer()
        let headers = [
            ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/a"), ("ce-type", "a"), ("ce-data", "x"),
        ]
        let answer = try await server.post("{}", contentType: "application/json", headers: headers)
        #expect(answer.status == .badRequest)
        #expect(answer.text.contains(#""pointer":"header:ce-data""#))
    }

    @Test func traceOfTheRequestIsCarriedOn() async throws {
        let server = try EventServer()
        let headers = [("traceparent", self.trace), ("tracestate", "a=1,b=2")]
        _ = try await server.post(event(), headers: headers)
        _ = try await server.postBatch([event(id: "x"), event(id: "y")], headers: headers)
        for record in server.writer.records {
            #expect(record.headers["ce_traceparent"] == self.trace)
            #expect(record.headers["ce_tracestate"] == "a=1,b=2")
        }
        #expect(server.writer.records.count == 3)
    }

    @Test func traceOfTheEventWinsOverTheRequests() async throws {
        let server = try EventServer()
        let own = "00-11111111111111111111111111111111-2222222222222222-00"
        _ = try await server.post(
            event(more: #","traceparent":"\#(own)""#),
            headers: [("traceparent", self.trace), ("tracestate", "a=1")])
        #expect(server.writer.records.first?.headers["ce_traceparent"] == own)
        #expect(server.writer.records.first?.headers["ce_tracestate"] == nil)
    }

    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "garbage",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    ])
    func invalidTraceIsPassedOver(traceParent: String) async throws {
        let server = try EventServer()
        let response = try await server.post(
            event(), headers: [("traceparent", traceParent), ("tracestate", "a=1")])
        #expect(response.status == .accepted)
        #expect(server.writer.records.first?.headers["ce_traceparent"] == nil)
        #expect(server.writer.records.first?.headers["ce_tracestate"] == nil)
    }

    @Test func traceOfTheRequestTakesThePlaceOfOneThatIsNotValid() async throws {
        let server = try EventServer()
        let bad = #","traceparent":"00-xyz","tracestate":"b=2""#
        _ = try await server.post(event(more: bad), headers: [("traceparent", self.trace), ("tracestate", "a=1")])
        _ = try await server.post(event(more: bad))
        _ = try await server.post(event(more: #","tracestate":"b=2""#))
        _ = try await server.post(event(more: #","traceparent":"\#(self.trace)","tracestate":"B=2""#))
        let records = server.writer.records
        #expect(records.map { $0.headers["ce_traceparent"] } == [self.trace, nil, nil, self.trace])
        #expect(records.map { $0.headers["ce_tracestate"] } == ["a=1", nil, nil, nil])
    }

    @Test func optionsSayWhatThePathTakes() async throws {
        let server = try EventServer()
        let response = try await testApplication([server.routes]).test(.router) { client in
            try await client.execute(uri: "/v1/events", method: .options)
        }
        #expect(response.status == .noContent)
        #expect(response.headers[.allow] == "OPTIONS, POST")
        let put = try await testApplication([server.routes]).test(.router) { client in
            try await client.execute(uri: "/v1/events", method: .put, body: ByteBuffer(string: event()))
        }
        #expect(put.status == .methodNotAllowed)
    }
}
