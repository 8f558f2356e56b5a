/// A setting's value as some source gives it, before it is known to be allowed.
enum ConfigurationValue: Sendable, Hashable {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case text(String)
    case secret(Secret)
    case list([String])
}
