import Foundation
import KafkaTestKit
import ProcessKit
import Testing

/// A case of the suite of W3C Trace Context: requests, and what must hold of those that they cause.
struct TraceContextCase: Sendable, CustomTestStringConvertible {
    /// The suite lies beside the repository and is never copied into it.
    static let file = ServiceFiles.repository.deletingLastPathComponent()
        .appendingPathComponent("shared/conformance/w3c-trace-context/cases.json")
    static var isPresent: Bool { FileManager.default.fileExists(atPath: Self.file.path) }

    static let all: [TraceContextCase] = {
        guard let data = try? Data(contentsOf: Self.file), let json = try? JSONValue.parsing(Array(data)) else {
            return []
        }
        return (json["cases"]?.elements ?? []).compactMap(TraceContextCase.init)
    }()

    let name: String
    let requests: [[(name: String, value: String)]]
    /// As the suite's own language has them.
    let asserts: [String]

    var testDescription: String { self.name }

    private init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let requests = json["requests"]?.elements else { return nil }
        self.name = name
        self.asserts = (json["asserts"]?.elements ?? []).compactMap(\.string)
        self.requests = requests.map { request in
            if let expression = request["expr"]?.string { return Self.headers(of: expression) }
            return request.elements.map { ($0[0]?.string ?? "", $0[1]?.string ?? "") }
        }
    }

    /// The two expressions of the suite: all characters that keys and values may have.
    private static func headers(of expression: String) -> [(name: String, value: String)] {
        let trace = ("traceparent", "00-12345678901234567890123456789012-1234567890123456-00")
        let plain = String(decoding: UInt8(ascii: "a")...UInt8(ascii: "z"), as: UTF8.self) + "0123456789_-*/"
        let key = expression.contains("key_with_vendor") ? plain + "@a-z0-9_-*/" : plain
        let value = String(
            decoding: (UInt8(0x20)...0x7e).filter { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") }, as: UTF8.self)
        return [trace, ("tracestate", "\(key)=\(value)")]
    }

    /// The trace ids that requests must, or must not, go on with: one a request, or several for all.
    func traceIDs(ofRequest index: Int) -> (same: [String], other: [String]) {
        var (same, other): ([String], [String]) = ([], [])
        let told = self.asserts.filter { $0.contains("traceparent.trace_id") }
        for assert in told.count == self.requests.count ? [told[index]] : told {
            let parts = assert.split(separator: "'", omittingEmptySubsequences: false)
            guard parts.count >= 2 else { continue }
            if assert.contains("assertNotEqual") {
                other.append(String(parts[1]))
            } else {
                same.append(String(parts[1]))
            }
        }
        return (same, other)
    }
}
