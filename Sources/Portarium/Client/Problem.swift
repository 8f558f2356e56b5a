import NIOCore

/// A problem document (RFC 9457), or what can be said about an error without one.
struct Problem: Error, Sendable, Hashable {
    var status: Int
    /// One sentence with the mend.
    var sentence: String
    /// `pointer: detail`, one a fault.
    var faults: [String]
    /// Which event of a batch is at fault.
    var index: Int?
    /// The document's members, where there was one.
    var document: [String: JSONValue]?

    init(status: Int, sentence: String, faults: [String] = [], index: Int? = nil) {
        self.status = status
        self.sentence = sentence
        self.faults = faults
        self.index = index
    }

    /// Reads the body of an answer that is an error.
    init(status: Int, body: ByteBuffer) {
        self.status = status
        let document = JSONValue(parsing: body.readableBytesView)
        self.document = document?.members
        let title = document?["title"]?.text
        let detail = document?["detail"]?.text
        self.sentence = TerminalText.safe(
            detail ?? title.map { "\($0) (HTTP \(status))" } ?? "the router answered with HTTP \(status)")
        self.faults = (document?["errors"]?.elements ?? []).map { fault in
            let detail = fault["detail"]?.text ?? fault.serialized()
            let pointer = fault["pointer"]?.text ?? ""
            return TerminalText.safe(pointer.isEmpty ? detail : "\(pointer): \(detail)")
        }
        self.index = document?["index"]?.integer.flatMap(Int.init(exactly:))
    }

    /// The status the process ends with.
    var exitStatus: ExitStatus {
        switch self.status {
        case 400, 413, 415, 422: .usage
        case 502, 504: .unreachable
        default: .failed
        }
    }

    /// The failure a command ends with.
    var failure: CommandFailure {
        let mend =
            switch self.status {
            case 401: "; name a key with --key or PORTARIUM_KEY"
            case 403: "; use a key whose scopes and tenant allow it ('portarium keys create')"
            default: ""
            }
        return CommandFailure(self.exitStatus, self.sentence + mend, details: self.faults)
    }
}
