/// The CloudEvents type an attribute was written with. URI, URI-reference, timestamp and binary travel as strings.
public enum AttributeKind: UInt8, Sendable, Hashable {
    case string = 0
    case boolean = 1
    case integer = 2
}
