/// What a handler did not mean to throw, and whose request it was.
struct UnexpectedFailure: Error {
    var cause: any Error
    var tenant: String
}
