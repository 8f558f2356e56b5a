/// Why a command ends without being done: the status, one sentence with the mend, and the faults one by one.
struct CommandFailure: Error, Sendable, Hashable {
    var status: ExitStatus
    /// One sentence. Empty where everything was said already.
    var message: String
    /// One line each.
    var details: [String]

    init(_ status: ExitStatus, _ message: String, details: [String] = []) {
        self.status = status
        self.message = message
        self.details = details
    }
}
