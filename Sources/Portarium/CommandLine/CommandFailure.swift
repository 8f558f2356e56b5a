/// Why a command ends without being done: the status, one sentence with the mend, and the faults one by one.
struct CommandFailure: Error, Sendable, Hashable {
    var status: ExitStatus
    /// One sentence. Empty where everything was said already.
    var message: String
    /// One line each.
    var details: [String]
    /// Said instead to programs: one JSON object on a line.
    var json: String?

    init(_ status: ExitStatus, _ message: String, details: [String] = []) {
        self.status = status
        self.message = message
        self.details = details
    }

    /// The same as a program wants it: the members of a problem document (RFC 9457) and `exitCode`.
    func asJSON(of problem: Problem? = nil) -> CommandFailure {
        guard !self.message.isEmpty else { return self }
        var members = problem?.document ?? [:]
        if members["detail"] == nil { members["detail"] = .string(self.message) }
        if members["errors"] == nil, !self.details.isEmpty {
            members["errors"] = .array(self.details.map { .object(["detail": .string($0)]) })
        }
        if let problem { members["status"] = .integer(Int64(problem.status)) }
        members["exitCode"] = .integer(Int64(self.status.rawValue))
        var failure = self
        failure.json = JSONValue.object(members).serialized()
        return failure
    }
}
