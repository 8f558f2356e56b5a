import CloudEvents
import NIOCore
import Testing

@testable import Traces

@Suite struct OTLPTests {
    private static let resource = SpanResource(serviceName: "my.service", version: "1.0.0")

    private static func span() -> Span {
        var span = Span(
            "I'm a \"server\" span", .server,
            context: TraceParent(traceID: 0x5b8e_fff7_9803_8103_d269_b633_813f_c60c, parentID: 0x0ee1, flags: 1),
            parentID: 0xeee1_9b7e_c3c1_b173, hasRemoteParent: true, traceState: "a=1",
            start: 1_544_712_660_000_000_000, end: 1_544_712_661_000_000_000)
        span.set(.eventID, "ü\n")
        span.set(.responseStatus, 503)
        span.link(to: TraceParent(traceID: 1, parentID: 2, flags: 1))
        span.fail("503", "503 Service Unavailable")
        return span
    }

    /// The bytes are those of `trace.proto`'s own example, encoded by the reference implementation.
    @Test func protobufIsWrittenAsTheReferenceWritesIt() {
        func pair(_ name: String, _ value: String) -> ProtobufMessage {
            var inner = ProtobufMessage()
            inner.add(1, chosen: value)
            var pair = ProtobufMessage()
            pair.add(1, text: name)
            pair.add(2, inner)
            return pair
        }
        var resource = ProtobufMessage()
        resource.add(1, pair("service.name", "my.service"))
        var scope = ProtobufMessage()
        scope.add(1, text: "my.library")
        scope.add(2, text: "1.0.0")
        scope.add(3, pair("my.scope.attribute", "some scope attribute"))
        var span = ProtobufMessage()
        span.add(1, id: 0x5b8e_fff7_9803_8103_d269_b633_813f_c60c as UInt128)
        span.add(2, id: 0xeee1_9b7e_c3c1_b174 as UInt64)
        span.add(4, id: 0xeee1_9b7e_c3c1_b173 as UInt64)
        span.add(5, text: "I'm a server span")
        span.add(6, number: 2)
        span.add(7, fixed64: 1_544_712_660_000_000_000)
        span.add(8, fixed64: 1_544_712_661_000_000_000)
        span.add(9, pair("my.span.attr", "some value"))
        var scopeSpans = ProtobufMessage()
        scopeSpans.add(1, scope)
        scopeSpans.add(2, span)
        var resourceSpans = ProtobufMessage()
        resourceSpans.add(1, resource)
        resourceSpans.add(2, scopeSpans)
        var request = ProtobufMessage()
        request.add(1, resourceSpans)
        let hex = request.bytes.readableBytesView.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        #expect(
            hex.joined() == """
                0ad3010a1e0a1c0a0c736572766963652e6e616d65120c0a0a6d792e7365727669636512b0010a410a0a6d792e6c6962\
                726172791205312e302e301a2c0a126d792e73636f70652e61747472696275746512160a14736f6d652073636f706520\
                617474726962757465126b0a105b8efff798038103d269b633813fc60c1208eee19b7ec3c1b1742208eee19b7ec3c1b1\
                732a1149276d206120736572766572207370616e300239004859e3faeb6f15410012f41efbeb6f154a1c0a0c6d792e73\
                70616e2e61747472120c0a0a736f6d652076616c7565
                """)
    }

    @Test func jsonHasHexadecimalIdsNumbersForEnumerationsAndTextsForLongNumbers() {
        let json = String(buffer: OTLPJSON.encode([Self.span(), Self.span()], of: Self.resource))
        let span =
            #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"0000000000000ee1","#
            + #""parentSpanId":"eee19b7ec3c1b173","traceState":"a=1","name":"I'm a \"server\" span","kind":2,"#
            + #""flags":769,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000","#
            + #""attributes":[{"key":"cloudevents.event_id","value":{"stringValue":"ü\n"}},"#
            + #"{"key":"http.response.status_code","value":{"intValue":"503"}},"#
            + #"{"key":"error.type","value":{"stringValue":"503"}}],"#
            + #""links":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000002","flags":1}],"#
            + #""status":{"code":2,"message":"503 Service Unavailable"}}"#
        #expect(json.hasSuffix(#""spans":["# + span + "," + span + "]}]}]}"))
        #expect(
            json.hasPrefix(
                #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"#
                    + #""my.service"}},"#))
        #expect(json.contains(#""scope":{"name":"portarium","version":"1.0.0"}"#))
    }

    @Test(arguments: [
        ("{}", 0), (#"{"partialSuccess":{}}"#, 0), (#"{"partialSuccess":{"rejectedSpans":"7"}}"#, 7),
        (#"{"partialSuccess":{"rejectedSpans":7,"errorMessage":"x"},"more":[1]}"#, 7),
        (#"{"partialSuccess":{"rejectedSpans":"-7"}}"#, 0), (#"{"partialSuccess":{"rejectedSpans":"many"}}"#, 0),
        ("", 0), ("[", 0), (String(repeating: "[", count: 10_000), 0),
    ])
    func whatACollectorDidNotTakeIsReadInJSON(text: String, rejected: Int) {
        #expect(ExportAnswer.rejectedSpans(json: ByteBuffer(string: text)) == rejected)
    }

    @Test(
        arguments: [
            ([], 0), ([0x0a, 0x00], 0), ([0x0a, 0x02, 0x08, 0x07], 7), ([0x0a, 0x05, 0x12, 0x01, 0x78, 0x08, 0x07], 7),
            ([0x12, 0x01, 0x00, 0x0a, 0x03, 0x08, 0xac, 0x02], 300), ([0x0a, 0x02, 0x08], 0), ([0x0a, 0xff], 0),
            ([0x0a, 0x0b, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 0), ([0x0b], 0),
            ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 0), ([0x09, 1, 2], 0),
            ([0x0d, 1, 2, 3, 4, 0x0a, 0x02, 0x08, 0x01], 1),
        ] as [([UInt8], Int)])
    func theSameInProtobuf(bytes: [UInt8], rejected: Int) {
        #expect(ExportAnswer.rejectedSpans(protobuf: ByteBuffer(bytes: bytes)) == rejected)
    }

    @Test(
        arguments: [
            (.answered(status: 200, retryAfterMilliseconds: nil), .taken),
            (.answered(status: 202, retryAfterMilliseconds: nil), .taken),
            (.answered(status: 400, retryAfterMilliseconds: 5), .drop(.refused)),
            (.answered(status: 401, retryAfterMilliseconds: nil), .drop(.refused)),
            (.answered(status: 404, retryAfterMilliseconds: nil), .drop(.refused)),
            (.answered(status: 308, retryAfterMilliseconds: nil), .drop(.refused)),
            (.answered(status: 413, retryAfterMilliseconds: nil), .drop(.tooLarge)),
            (.answered(status: 500, retryAfterMilliseconds: 5), .drop(.refused)),
            (.answered(status: 501, retryAfterMilliseconds: nil), .drop(.refused)),
            (.answered(status: 429, retryAfterMilliseconds: 5), .retry(afterMilliseconds: 5)),
            (.answered(status: 502, retryAfterMilliseconds: nil), .retry(afterMilliseconds: nil)),
            (.answered(status: 503, retryAfterMilliseconds: 9), .retry(afterMilliseconds: 9)),
            (.answered(status: 504, retryAfterMilliseconds: nil), .retry(afterMilliseconds: nil)),
            (.unanswered, .retry(afterMilliseconds: nil)),
        ] as [(ExportVerdict.End, ExportVerdict)])
    func onlyWhatMayBeBetterLaterIsRepeated(end: ExportVerdict.End, verdict: ExportVerdict) {
        #expect(ExportVerdict(end) == verdict)
    }

    @Test func delaysGrowToABoundAndAreSpread() {
        #expect(ExportVerdict.delayMilliseconds(repetition: 0, asked: nil, jitter: 0) == 500)
        #expect(ExportVerdict.delayMilliseconds(repetition: 0, asked: nil, jitter: 1) == 1_000)
        #expect(ExportVerdict.delayMilliseconds(repetition: 2, asked: nil, jitter: 0.5) == 3_000)
        #expect(ExportVerdict.delayMilliseconds(repetition: 60, asked: nil, jitter: 1) == 30_000)
        #expect(ExportVerdict.delayMilliseconds(repetition: 3, asked: 7, jitter: 1) == 8_000)
        #expect(ExportVerdict.delayMilliseconds(repetition: 3, asked: 50_000, jitter: 1) == 50_000)
        #expect(ExportVerdict.delayMilliseconds(repetition: 3, asked: -7, jitter: 0) == 4_000)
    }
}
