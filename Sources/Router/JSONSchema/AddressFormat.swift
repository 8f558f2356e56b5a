import CloudEvents

/// Addresses of the Internet: RFC 2673, section 3.2, and RFC 4291, section 2.2.
enum AddressFormat {
    static func isVersion4(_ text: some Collection<UInt8>) -> Bool {
        Array(text).withUnsafeBytes { IPLiteral.isVersion4($0[...]) }
    }

    static func isVersion6(_ text: some Collection<UInt8>) -> Bool {
        Array(text).withUnsafeBytes { IPLiteral.isVersion6($0[...]) }
    }
}
