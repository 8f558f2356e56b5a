/// The primitive types of CESQL (CESQL 1.0, section 3.1).
enum CESQLType: UInt8, Sendable {
    case boolean
    case integer
    case string
}
