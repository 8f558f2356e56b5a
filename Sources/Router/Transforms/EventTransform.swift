import CloudEvents
import NIOCore

/// What becomes of an event before it is sent: steps that pick, rename and fill templates, one after the other. Total:
/// every event becomes another one, or there is a ``TransformFault`` that names the step.
public struct EventTransform: Sendable {
    /// Bytes of its text at most.
    public static let bytesMax = 65_536
    /// Steps at most.
    public static let stepsMax = 16
    /// Pointers, or attributes, of one step at most.
    public static let entriesMax = 100
    /// Values of the template of one step at most.
    public static let templateValuesMax = 1_000
    /// Arrays and objects of a template inside each other at most.
    public static let templateDepthMax = 16

    /// Attributes that no transform changes: who the event is and whose, where it comes from, and what the router adds.
    public static let fixedAttributes: Set<String> = [
        "id", "source", "specversion", "tenantid", "correlationid", "datacontenttype", "traceparent", "tracestate",
        "replayid", "partitionkey", "dataref", "data",
    ]

    indirect enum Step: Sendable {
        case pick([[String]])
        case rename([(from: [String], to: [String])])
        case data(DataTemplate)
        case attributes([(name: String, alternatives: [AttributeTemplate])])

        var name: String {
            switch self {
            case .pick: "pick"
            case .rename: "rename"
            case .data: "data"
            case .attributes: "attributes"
            }
        }
    }

    let steps: [Step]

    /// - Parameter text: JSON, an array of steps, each an object with one of `pick`, `rename`, `data` and `attributes`.
    /// - Throws: ``TransformFault`` with the first fault and its place.
    public init(text: String) throws(TransformFault) {
        guard text.utf8.count <= Self.bytesMax else {
            throw TransformFault(
                pointer: "", detail: "has \(text.utf8.count) bytes; at most \(Self.bytesMax) are allowed")
        }
        let document: JSONTree
        do throws(CloudEventError) { document = try JSONTree(ByteBuffer(string: text)) } catch {
            throw TransformFault(pointer: "", detail: "cannot be read: \(error)")
        }
        try self.init(document)
    }

    private init(_ document: JSONTree) throws(TransformFault) {
        guard case .array(let elements) = document else {
            throw TransformFault(pointer: "", detail: "must be an array of steps such as [{\"pick\": [\"/order\"]}]")
        }
        guard (1...Self.stepsMax).contains(elements.count) else {
            throw TransformFault(pointer: "", detail: "must have 1 to \(Self.stepsMax) steps")
        }
        var steps: [Step] = []
        for (index, element) in elements.enumerated() {
            guard case .object(let members) = element, members.count == 1, let member = members.first else {
                throw TransformFault(
                    pointer: "/\(index)", detail: "must be an object with one of pick, rename, data and attributes")
            }
            steps.append(try TransformReader.step(member, at: "/\(index)"))
        }
        self.steps = steps
    }
}
