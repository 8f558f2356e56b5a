import CloudEvents
import HTTPServing
import HTTPTypes
import NIOCore

/// Makes events of a request: the CloudEvents HTTP binding with the faults as problems, whatever way the request came.
struct EventRequestDecoder: Sendable {
    let limits: CloudEventLimits

    /// The mode that the headers announce.
    /// - Throws: 415 for a format or an encoding of the body that is not taken. Data is kept as it comes in, and the
    ///   record has no place for its coding: compressed bodies would be stored as data that nobody can read.
    func mode(contentType: String?, contentEncoding: String?) throws(ProblemError) -> HTTPContentMode {
        let mode: HTTPContentMode
        do {
            mode = try HTTPBinding.mode(ofContentType: contentType)
        } catch {
            throw IngressProblem.problem(for: error, form: .headers)
        }
        guard let contentEncoding, contentEncoding.lowercased() != "identity" else { return mode }
        var error = ProblemError(
            .unsupportedMediaType, "send the body without Content-Encoding",
            errors: [.init(pointer: "header:content-encoding", detail: "only 'identity' is taken")])
        error.headers[.acceptEncoding] = "identity"
        throw error
    }

    /// The events of a body.
    func events(
        in body: ByteBuffer, mode: HTTPContentMode, headers: some Sequence<(name: String, value: String)>,
        contentType: String?
    ) throws(CloudEventError) -> [CloudEvent] {
        switch mode {
        case .binary:
            return [
                try HTTPBinding.decodeBinary(
                    headers: headers, contentType: contentType, body: body, limits: self.limits)
            ]
        case .structured: return [try JSONEventFormat.decode(body, limits: self.limits)]
        case .batched: return try JSONEventFormat.decodeBatch(body, limits: self.limits)
        }
    }
}

extension IngressProblem.Form {
    init(_ mode: HTTPContentMode) {
        switch mode {
        case .binary: self = .headers
        case .structured: self = .document
        case .batched: self = .batch
        }
    }
}
