import CloudEvents
import HTTPServing

/// What a decoder found wrong in a document that is well-formed JSON, said to people.
struct DecodingFault {
    /// A JSON Pointer (RFC 6901).
    let pointer: String
    let detail: String

    init(_ error: DecodingError) {
        switch error {
        case .typeMismatch(let type, let context):
            self.pointer = Self.pointer(context.codingPath)
            self.detail = "must be \(Self.name(of: type))"
        case .valueNotFound(_, let context):
            self.pointer = Self.pointer(context.codingPath)
            self.detail = "must not be null"
        case .keyNotFound(let key, let context):
            self.pointer = Self.pointer(context.codingPath + [key])
            self.detail = "is required"
        case .dataCorrupted(let context):
            // The grammar was checked before: what the decoder cannot place is a number that does not fit its type.
            self.pointer = Self.pointer(context.codingPath)
            self.detail = context.codingPath.isEmpty ? "has a number that is out of range" : context.debugDescription
        @unknown default:
            self.pointer = ""
            self.detail = "is not what it should be"
        }
    }

    /// 422 with the place.
    var problem: ProblemError {
        let place = self.pointer.isEmpty ? "the document" : self.pointer
        return ProblemError(
            .unprocessable, "\(place) \(self.detail)", errors: [.init(pointer: self.pointer, detail: self.detail)])
    }

    private static func pointer(_ path: [any CodingKey]) -> String {
        JSONPointer.text(of: path.map { key in key.intValue.map { String($0) } ?? key.stringValue })
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "an array"
        case is [String: Any].Type: "an object"
        default: String(describing: type).hasPrefix("Array<") ? "an array" : "an object"
        }
    }
}
