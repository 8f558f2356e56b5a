import CloudEvents
import EventLog
import HTTPServing

/// What the ways in answer when they refuse: one place that says which fault is which problem.
public enum IngressProblem {
    /// How the event at fault was sent: says where an attribute stands in the request.
    public enum Form: Sendable, Hashable {
        /// Attributes are headers `ce-…`.
        case headers
        /// The body is one JSON object.
        case document
        /// The body is a JSON array of objects.
        case batch
    }

    /// Characters of a text from the request that are repeated in an answer.
    private static let quotedLengthMax = 200

    /// Seconds after which a producer shall come again when the log did not take its events.
    public static let retryAfterSeconds = 1

    /// The problem of an event that is not valid, too large, or another tenant's.
    /// - Parameter limits: name the limit that is exceeded.
    public static func problem(
        for error: CloudEventError, form: Form, limits: IngressConfiguration? = nil
    ) -> ProblemError {
        let attribute = error.attribute.map { String($0.prefix(self.quotedLengthMax)) }
        let reason = String(error.reason.prefix(2 * self.quotedLengthMax))
        let index = form == .batch ? error.index : nil
        var members: [ProblemDetails.Member] = [.init("code", .string(error.code.name))]
        if let attribute { members.append(.init("attribute", .string(attribute))) }
        members.append(.init("reason", .string(reason)))
        if error.isOverEventBytes, let limits {
            members += self.limitMembers(limits.eventBytesLimit, limits.limits.eventBytesMax)
        }
        if let byteOffset = error.byteOffset { members.append(.init("byteOffset", .integer(byteOffset))) }
        var detail = index.map { "event \($0): " } ?? ""
        if let attribute { detail += "\(attribute): " }
        let place = self.pointer(of: error, attribute: attribute, index: index, form: form)
        var errors = [ProblemDetails.FieldError(pointer: place, detail: reason)]
        if !error.dataFaults.isEmpty {
            errors = error.dataFaults.map { fault in
                .init(
                    pointer: place + String(fault.pointer.prefix(self.quotedLengthMax)),
                    detail: String(fault.detail.prefix(2 * self.quotedLengthMax)))
            }
        }
        return ProblemError(
            self.type(of: error.code), detail + reason, errors: errors, index: index, members: members)
    }

    private static func limitMembers(_ name: String, _ value: Int?) -> [ProblemDetails.Member] {
        [.init("limit", .string(name))] + (value.map { [.init("limitValue", .integer($0))] } ?? [])
    }

    /// The problem of an event, or of a request as a whole, over a limit of the log, which is named.
    private static func problem(over excess: EventLogError.Excess, form: Form) -> ProblemError {
        let index = form == .batch ? excess.recordIndex : nil
        let subject = excess.recordIndex == nil ? "the request" : index.map { "event \($0)" } ?? "the event"
        let size = excess.size.map { " (\($0))" } ?? ""
        let most = excess.limitMax.map { ", which is \($0)" } ?? ""
        return ProblemError(
            .tooLarge, "\(subject) is more\(size) than the limit '\(excess.limit)' allows\(most)", index: index,
            members: [.init("code", .string(EventLogError.Code.tooLarge.name))]
                + self.limitMembers(excess.limit, excess.limitMax))
    }

    /// The problem of a log that did not take the records. None of them is acknowledged; the producer sends them again.
    /// - Parameter form: says whether a record at fault is one of a batch.
    public static func problem(for error: EventLogError, form: Form) -> ProblemError {
        if error.code == .tooLarge, let excess = error.excess { return self.problem(over: excess, form: form) }
        let code = ProblemDetails.Member("code", .string(error.code.name))
        switch error.code {
        case .tooLarge:
            return ProblemError(
                .tooLarge, "an event, or the batch, is larger than the log takes in one append", members: [code])
        case .overloaded:
            return ProblemError(
                .overloaded, "the log has as many appends waiting as it takes; send the events again later",
                members: [code], retryAfterSeconds: self.retryAfterSeconds)
        case .storeUnavailable:
            return ProblemError(
                .unavailable, "the object store does not take the events' data now; send them again later",
                members: [code], retryAfterSeconds: self.retryAfterSeconds)
        case .full:
            return ProblemError(
                .logFull, error.message, members: [code], retryAfterSeconds: self.retryAfterSeconds)
        default:
            return ProblemError(
                .unavailable, "the log does not take events now; send them again later", members: [code],
                retryAfterSeconds: self.retryAfterSeconds)
        }
    }

    /// Which counter a refusal belongs to.
    public static func refusal(for problem: ProblemError) -> IngressRefusal {
        switch problem.problem.type {
        case .tooLarge: .tooLarge
        case .cutOff: .cutOff
        case .logFull: .logFull
        case .unsupportedMediaType: .mediaType
        case .invalidTenant: .tenant
        case .unauthenticated: .unauthenticated
        case .forbidden: .forbidden
        case .tenantConflict: .tenantConflict
        case .limitExceeded: .throttled
        case .schemaViolation: .schemaViolation
        case .overloaded: .overloaded
        case .unavailable: .logUnavailable
        case .internalError: .failed
        default: .invalid
        }
    }

    private static func type(of code: CloudEventError.Code) -> ProblemType {
        switch code {
        case .unsupportedMediaType: .unsupportedMediaType
        case .limitExceeded: .tooLarge
        case .tenantConflict: .tenantConflict
        case .schemaViolation: .schemaViolation
        default: .invalidEvent
        }
    }

    private static func pointer(of error: CloudEventError, attribute: String?, index: Int?, form: Form) -> String {
        switch form {
        case .headers:
            switch attribute {
            case nil: ""
            // The payload is the body; a header of that name is one too many.
            case "data"? where error.code != .invalidAttributeName: ""
            case "datacontenttype"?: "header:content-type"
            case .some(let name): "header:ce-\(name)"
            }
        case .document, .batch:
            JSONPointer.text(of: [index.map { String($0) }, attribute].compactMap(\.self))
        }
    }
}
