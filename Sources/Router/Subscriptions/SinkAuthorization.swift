/// Where the `Authorization` of deliveries comes from: `protocolsettings.authorization`. Never the text itself.
public enum SinkAuthorization: Sendable, Hashable {
    /// What was given once and is stored sealed.
    case stored
    /// A file of that name in the tenant's part of the deployment's directory.
    case file(String)

    /// Characters of the name of a file.
    public static let fileNameLengthMax = 128

    /// Whether a file may have that name: it cannot leave its directory, or be hidden in it.
    public static func isFileName(_ name: String) -> Bool {
        (1...self.fileNameLengthMax).contains(name.utf8.count) && name.first != "."
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
