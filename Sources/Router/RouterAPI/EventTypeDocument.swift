import EventDispatch
import EventTypes
import HTTPServing
import JSONSchema

/// The body of `POST /v1/event-types`, of `PUT` on one, and of `POST` on its versions. The text of `schema` is taken
/// out of the body as it is.
///
/// What answers have beside it may be there too, so that an answer can be put back; it is ignored.
struct EventTypeDocument: Decodable {
    private static let members = ["type", "schema", "mode", "compatibility"]
    private static let readOnlyMembers = ["version", "createdAt", "updatedAt"]

    private let type: String?
    private let mode: String?
    private let compatibility: String?

    init(from decoder: any Decoder) throws {
        let members = try decoder.strictMembers(Self.members + Self.readOnlyMembers)
        self.type = try members.decodeIfPresent(String.self, forKey: StrictMember("type"))
        self.mode = try members.decodeIfPresent(String.self, forKey: StrictMember("mode"))
        self.compatibility = try members.decodeIfPresent(String.self, forKey: StrictMember("compatibility"))
    }

    /// - Parameters:
    ///   - pathType: the type of the path; nil: the document names it.
    ///   - schema: the text of `schema`.
    ///   - needsSchema: whether there must be one.
    /// - Throws: 422 with everything that is wrong.
    func request(
        tenant: String, pathType: String?, schema: String?, needsSchema: Bool
    ) throws(ProblemError) -> EventTypeRequest {
        var faults = FieldFaults()
        self.check(pathType, &faults)
        if schema == nil, needsSchema {
            faults.add("/schema", "is required: a schema of JSON Schema 2020-12, an object, true or false")
        }
        let mode = self.word(self.mode, "/mode", EventTypeMode.allCases.map(\.rawValue), &faults)
        let compatibility = self.word(
            self.compatibility, "/compatibility", SchemaCompatibility.allCases.map(\.rawValue), &faults)
        try faults.throwIfAny()
        var request = EventTypeRequest(tenant: tenant, type: pathType ?? self.type ?? "", schema: schema)
        request.mode = mode.flatMap { EventTypeMode(rawValue: $0) }
        request.compatibility = compatibility.flatMap { SchemaCompatibility(rawValue: $0) }
        request.mustExist = pathType != nil
        return request
    }

    private func check(_ pathType: String?, _ faults: inout FieldFaults) {
        guard let pathType else {
            guard let type else { return faults.add("/type", "is required: the attribute type of the events") }
            if !EventTypeName.isValid(type) {
                faults.add("/type", "must be 1 to \(EventTypeName.bytesMax) printable ASCII characters without spaces")
            }
            return
        }
        if let type, type != pathType {
            faults.add("/type", "must be absent or the type of the path: an event type keeps its name")
        }
    }

    private func word(
        _ word: String?, _ pointer: String, _ words: [String], _ faults: inout FieldFaults
    ) -> String? {
        guard let word else { return nil }
        if words.contains(word) { return word }
        faults.add(pointer, "must be one of \(words.joined(separator: ", "))")
        return nil
    }
}
