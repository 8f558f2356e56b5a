import NIOCore
import RouterAPI
import Testing
import Yams

/// The served OpenAPI document, to hold answers against.
struct OpenAPIDescription {
    typealias Object = [String: Any]

    struct Operation: Hashable, CustomStringConvertible {
        var method: String
        var path: String
        var description: String { "\(self.method) \(self.path)" }
    }

    private let root: Object

    init() throws {
        let document = try #require(try Yams.load(yaml: String(buffer: OpenAPIRoute.document)) as? Object)
        self.root = document
    }

    var version: String? { self.root["openapi"] as? String }

    var operations: Set<Operation> {
        var operations: Set<Operation> = []
        for (path, item) in self.object("paths") {
            for method in (item as? Object ?? [:]).keys where method != "parameters" {
                operations.insert(Operation(method: method.uppercased(), path: path))
            }
        }
        return operations
    }

    /// The operation that a request to a concrete path is for; literal parts go before `{…}`.
    func operation(method: String, path: String) -> Operation? {
        let parts = path.split(separator: "/")
        let fitting = self.operations.filter { operation in
            let template = operation.path.split(separator: "/")
            return operation.method == method && template.count == parts.count
                && zip(template, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return fitting.min { $0.path.count { $0 == "{" } < $1.path.count { $0 == "{" } }
    }

    /// What is wrong with an answer, as the description sees it.
    func faults(of answer: Answer, to operation: Operation) throws -> [String] {
        let responses = self.object("paths", operation.path, operation.method.lowercased(), "responses")
        guard let response = responses[String(answer.status)] else {
            return ["\(operation) answers \(answer.status), which is not described"]
        }
        let described = self.resolved(response)
        var faults: [String] = []
        for (name, header) in described["headers"] as? Object ?? [:] {
            let isRequired = self.resolved(header)["required"] as? Bool ?? false
            if isRequired, answer.header(name) == nil { faults.append("\(operation) \(answer.status) lacks \(name)") }
        }
        let content = described["content"] as? Object ?? [:]
        guard !content.isEmpty else {
            return answer.body.readableBytes == 0 ? faults : faults + ["\(operation) \(answer.status) has a body"]
        }
        let mediaType = answer.header("Content-Type")?.split(separator: ";").first.map(String.init) ?? ""
        guard let media = content[mediaType] as? Object else {
            return faults + ["\(operation) \(answer.status) is '\(mediaType)', which is not described"]
        }
        guard mediaType.hasSuffix("json"), let schema = media["schema"] else { return faults }
        return faults + self.faults(try JSON(answer.body), schema, "\(operation) \(answer.status) ")
    }

    private func object(_ path: String...) -> Object {
        path.reduce(self.root) { $0[$1] as? Object ?? [:] }
    }

    private func resolved(_ node: Any) -> Object {
        guard let object = node as? Object else { return [:] }
        guard let reference = object["$ref"] as? String else { return object }
        let path = reference.dropFirst(2).split(separator: "/").map(String.init)
        return self.resolved(path.reduce(self.root) { $0[$1] as? Object ?? [:] })
    }

    /// The parts of JSON Schema that the document uses for answers. A member that no schema of an object names is a
    /// fault.
    private func faults(_ value: JSON, _ schema: Any, _ place: String, isClosed: Bool = true) -> [String] {
        let schema = self.resolved(schema)
        var faults: [String] = []
        for part in schema["allOf"] as? [Any] ?? [] { faults += self.faults(value, part, place, isClosed: false) }
        if let parts = schema["oneOf"] as? [Any],
            !parts.contains(where: { self.faults(value, $0, place, isClosed: false).isEmpty })
        {
            faults.append("\(place) fits none of oneOf")
        }
        if let types = (schema["type"] as? String).map({ [$0] }) ?? schema["type"] as? [String],
            !types.contains(where: { Self.has(value, type: $0) })
        {
            faults.append("\(place) is no \(types.joined(separator: " or "))")
        }
        if let allowed = schema["enum"] as? [String], let text = value.string, !allowed.contains(text) {
            faults.append("\(place) is '\(text)', none of \(allowed)")
        }
        if let minimum = schema["minimum"] as? Int, let number = value.int, number < minimum {
            faults.append("\(place) is less than \(minimum)")
        }
        if let items = schema["items"] {
            for (index, item) in value.array.enumerated() { faults += self.faults(item, items, "\(place)/\(index)") }
        }
        return faults + self.memberFaults(value, schema, place, isClosed: isClosed)
    }

    private func memberFaults(_ value: JSON, _ schema: Object, _ place: String, isClosed: Bool) -> [String] {
        guard case .object(let members) = value else { return [] }
        var faults: [String] = []
        for name in schema["required"] as? [String] ?? [] where members[name] == nil {
            faults.append("\(place)/\(name) is missing")
        }
        let properties = schema["properties"] as? Object ?? [:]
        for (name, member) in members {
            if let property = properties[name] { faults += self.faults(member, property, "\(place)/\(name)") }
        }
        if isClosed, schema["additionalProperties"] == nil {
            let known = self.knownNames(schema)
            for name in members.keys where !known.isEmpty && !known.contains(name) {
                faults.append("\(place)/\(name) is not described")
            }
        }
        return faults
    }

    private func knownNames(_ schema: Object) -> Set<String> {
        var names = Set((schema["properties"] as? Object ?? [:]).keys)
        for part in (schema["allOf"] as? [Any] ?? []) + (schema["oneOf"] as? [Any] ?? []) {
            names.formUnion(self.knownNames(self.resolved(part)))
        }
        return names
    }

    private static func has(_ value: JSON, type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
            ("object", .object):
            true
        case ("integer", .number): value.int != nil
        default: false
        }
    }
}
