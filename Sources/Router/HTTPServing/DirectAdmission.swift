import Identity

/// What a ``DirectRoute`` says of a request when it has its head.
public enum DirectAdmission: Sendable {
    /// The direct way is not for it: the router answers it.
    case elsewhere
    /// It is refused whatever its body.
    case refused(ProblemError)
    /// Its body is read, and it is served.
    case admitted(Caller)
}
