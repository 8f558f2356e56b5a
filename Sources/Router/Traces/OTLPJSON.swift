import CloudEvents
import NIOCore

/// Spans as `ExportTraceServiceRequest` of OTLP 1, in JSON: ids are hexadecimal, enumerations numbers, 64-bit numbers
/// texts (OTLP, "JSON Protobuf Encoding").
public enum OTLPJSON {
    /// `Content-Type` of the request, and of what answers it.
    public static let mediaType = "application/json"

    /// The body of one request.
    public static func encode(_ spans: [Span], of resource: SpanResource) -> ByteBuffer {
        var json = ByteBuffer()
        json.reserveCapacity(512 * (spans.count + 1))
        json.writeStaticString(#"{"resourceSpans":[{"resource":{"attributes":["#)
        for (index, attribute) in resource.attributes.enumerated() {
            if index > 0 { json.writeStaticString(",") }
            self.write(attribute.name, .text(attribute.value), to: &json)
        }
        json.writeStaticString(#"]},"scopeSpans":[{"scope":{"name":"portarium","version":"#)
        JSONText.write(resource.version, to: &json)
        json.writeStaticString(#"},"spans":["#)
        for (index, span) in spans.enumerated() {
            if index > 0 { json.writeStaticString(",") }
            self.write(span, to: &json)
        }
        json.writeStaticString("]}]}]}")
        return json
    }

    private static func write(_ span: Span, to json: inout ByteBuffer) {
        json.writeString(#"{"traceId":"\#(span.context.traceIDText)","spanId":"\#(self.hex(span.context.parentID))""#)
        if let parent = span.parentID { json.writeString(#","parentSpanId":"\#(self.hex(parent))""#) }
        if let state = span.traceState {
            json.writeStaticString(#","traceState":"#)
            JSONText.write(state, to: &json)
        }
        json.writeStaticString(#","name":"#)
        JSONText.write(span.name, to: &json)
        json.writeString(
            #","kind":\#(span.kind.rawValue),"flags":\#(span.otlpFlags),"startTimeUnixNano":"\#(span.start)""#)
        json.writeString(#","endTimeUnixNano":"\#(span.end)","attributes":["#)
        for (index, attribute) in span.attributes.enumerated() {
            if index > 0 { json.writeStaticString(",") }
            self.write(attribute.name.rawValue, attribute.value, to: &json)
        }
        json.writeStaticString("]")
        for (index, link) in span.links.enumerated() {
            json.writeStaticString(index == 0 ? #","links":["# : ",")
            json.writeString(
                #"{"traceId":"\#(link.traceIDText)","spanId":"\#(self.hex(link.parentID))","flags":\#(link.flags)}"#)
        }
        if !span.links.isEmpty { json.writeStaticString("]") }
        if span.isFailed {
            json.writeStaticString(#","status":{"code":2"#)
            if let failure = span.failure {
                json.writeStaticString(#","message":"#)
                JSONText.write(failure, to: &json)
            }
            json.writeStaticString("}")
        }
        json.writeStaticString("}")
    }

    private static func write(_ name: String, _ value: Span.Value, to json: inout ByteBuffer) {
        json.writeStaticString(#"{"key":"#)
        JSONText.write(name, to: &json)
        switch value {
        case .text(let text):
            json.writeStaticString(#","value":{"stringValue":"#)
            JSONText.write(text, to: &json)
            json.writeStaticString("}}")
        case .integer(let number): json.writeString(#","value":{"intValue":"\#(number)"}}"#)
        }
    }

    private static func hex(_ id: UInt64) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
