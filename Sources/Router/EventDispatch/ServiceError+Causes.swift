import EventLog
import Subscriptions

extension ServiceError {
    /// What a fault of the log means to a caller.
    init(_ error: EventLogError) {
        switch error.code {
        case .unknownTopic, .unknownPartition, .invalidTopic: self.init(.unprocessable, error.message)
        case .tooLarge: self.init(.limitExceeded, error.message)
        default: self.init(.unavailable, "the log cannot serve the call now: \(error.message)")
        }
    }

    /// A filter of the call that cannot be used, with its place.
    init(_ error: FilterError) {
        self.init(
            .unprocessable, "a filter cannot be used: \(error.detail)",
            errors: [FieldError(pointer: error.pointer, detail: error.detail)])
    }

    /// A cursor that no earlier answer gave.
    init(unknownCursor mend: String) {
        self.init(
            .invalid, "the cursor is not one of ours", errors: [FieldError(pointer: "cursor", detail: mend)])
    }
}
