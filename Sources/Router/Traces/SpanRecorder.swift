/// Takes spans that are over. Called on the paths of requests and attempts: implementations keep or drop them, and do
/// not wait.
public protocol SpanRecorder: Sendable {
    /// Takes spans of one piece of work.
    func record(_ spans: [Span])
}
