/// How spans are written.
enum SpanEncoding: String, Sendable, CaseIterable {
    case protobuf
    case json
}
