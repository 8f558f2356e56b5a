import CloudEvents
import NIOCore

/// Spans as `ExportTraceServiceRequest` of OTLP 1, in protobuf.
public enum OTLPProtobuf {
    /// `Content-Type` of the request, and of what answers it.
    public static let mediaType = "application/x-protobuf"

    /// The body of one request.
    public static func encode(_ spans: [Span], of resource: SpanResource) -> ByteBuffer {
        var who = ProtobufMessage()
        for (name, value) in resource.attributes {
            var attribute = ProtobufMessage()
            attribute.add(1, text: name)
            attribute.add(2, self.value(.text(value)))
            who.add(1, attribute)
        }
        var scope = ProtobufMessage()
        scope.add(1, text: "portarium")
        scope.add(2, text: resource.version)
        var scopeSpans = ProtobufMessage()
        scopeSpans.add(1, scope)
        for span in spans { scopeSpans.add(2, self.message(of: span)) }
        var resourceSpans = ProtobufMessage()
        resourceSpans.add(1, who)
        resourceSpans.add(2, scopeSpans)
        var request = ProtobufMessage()
        request.add(1, resourceSpans)
        return request.bytes
    }

    private static func message(of span: Span) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.add(1, id: span.context.traceID)
        message.add(2, id: span.context.parentID)
        message.add(3, text: span.traceState)
        message.add(4, id: span.parentID ?? 0)
        message.add(5, text: span.name)
        message.add(6, number: UInt64(span.kind.rawValue))
        message.add(7, fixed64: span.start)
        message.add(8, fixed64: span.end)
        for attribute in span.attributes {
            var pair = ProtobufMessage()
            pair.add(1, text: attribute.name.rawValue)
            pair.add(2, self.value(attribute.value))
            message.add(9, pair)
        }
        for link in span.links {
            var inner = ProtobufMessage()
            inner.add(1, id: link.traceID)
            inner.add(2, id: link.parentID)
            inner.add(6, fixed32: UInt32(link.flags))
            message.add(13, inner)
        }
        if span.isFailed {
            var status = ProtobufMessage()
            status.add(2, text: span.failure)
            status.add(3, number: 2)
            message.add(15, status)
        }
        message.add(16, fixed32: span.otlpFlags)
        return message
    }

    private static func value(_ value: Span.Value) -> ProtobufMessage {
        var message = ProtobufMessage()
        switch value {
        case .text(let text): message.add(1, chosen: text)
        case .integer(let number): message.add(3, chosen: number)
        }
        return message
    }
}

extension Span {
    /// The flags of the trace, and whether the parent is another program's (`SpanFlags`).
    var otlpFlags: UInt32 { UInt32(self.context.flags) | 0x100 | (self.hasRemoteParent ? 0x200 : 0) }
}
