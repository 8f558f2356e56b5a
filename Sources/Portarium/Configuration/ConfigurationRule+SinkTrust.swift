extension ConfigurationRule {
    /// What must hold of settings of ``RouterConfiguration/Sink`` about what requests prove.
    static let sinkTrust: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["sink.requestOrigin"],
            message: "sink.requestOrigin must be a name such as router.example.com: letters, digits, dots and hyphens",
            holds: { configuration in
                let origin = configuration.sink.requestOrigin
                return origin.utf8.count <= 253
                    && origin.utf8.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "-"): true
                        default: false
                        }
                    }
            }),
        ConfigurationRule(
            keys: ["sink.clientKeyFile"],
            message: "sink.clientKeyFile does nothing without sink.clientCertificateFile",
            needsAllSources: true,
            holds: { $0.sink.clientKeyFile.isEmpty || !$0.sink.clientCertificateFile.isEmpty }),
    ]
}
