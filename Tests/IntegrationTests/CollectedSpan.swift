import Foundation
import ProcessKit

/// A span as a collector was sent it in JSON.
struct CollectedSpan: Sendable {
    let json: JSONValue

    var name: String { self.json["name"]?.string ?? "" }
    var traceID: String { self.json["traceId"]?.string ?? "" }
    var id: String { self.json["spanId"]?.string ?? "" }
    var parentID: String? { self.json["parentSpanId"]?.string }
    var kind: Int { self.json["kind"]?.int ?? 0 }
    var isFailed: Bool { self.json["status"]?["code"]?.int == 2 }

    /// The text, or the digits, of an attribute.
    subscript(_ attribute: String) -> String? {
        let found = self.json["attributes"]?.elements.first { $0["key"]?.string == attribute }?["value"]
        return found?["stringValue"]?.string ?? found?["intValue"]?.string
    }

    /// The spans of all requests that a collector had.
    static func all(in collector: RecordingSink) -> [CollectedSpan] {
        collector.deliveries.flatMap { delivery -> [CollectedSpan] in
            let json = (try? JSONValue.parsing(Array(delivery.body.utf8))) ?? .null
            let resources = json["resourceSpans"]?.elements ?? []
            return resources.flatMap { $0["scopeSpans"]?.elements ?? [] }.flatMap { $0["spans"]?.elements ?? [] }
                .map(CollectedSpan.init)
        }
    }
}
