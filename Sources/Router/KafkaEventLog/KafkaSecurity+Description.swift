extension KafkaSecurity.Authentication: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The mechanism and who signs in; never what with.
    public var description: String {
        switch self {
        case .plain(let user, _): "PLAIN as \(user)"
        case .scramSHA256(let user, _): "SCRAM-SHA-256 as \(user)"
        case .scramSHA512(let user, _): "SCRAM-SHA-512 as \(user)"
        case .oauthBearer(let tokenEndpoint, let clientID, _, _): "OAUTHBEARER as \(clientID) by \(tokenEndpoint)"
        }
    }

    public var debugDescription: String { self.description }
    public var customMirror: Mirror { Mirror(reflecting: self.description) }
}

extension KafkaSecurity.TLS: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The files; never the key's password.
    public var description: String {
        let files = [self.authorityFile, self.certificateFile, self.keyFile].compactMap(\.self)
        return "TLS \(files)" + (self.verifiesHostname ? "" : " of any name")
    }

    public var debugDescription: String { self.description }
    public var customMirror: Mirror { Mirror(reflecting: self.description) }
}

extension KafkaEventLogConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where the brokers are and how they are reached, and the names of ``properties``, whose values may be secrets.
    public var description: String {
        var parts = [self.brokers, "prefix \(self.prefix)", "client \(self.clientID)"]
        if let instanceID { parts.append("instance \(instanceID)") }
        if let authentication = self.security.authentication { parts.append("\(authentication)") }
        if let tls = self.security.tls { parts.append("\(tls)") }
        if !self.properties.isEmpty { parts.append("with \(self.properties.keys.sorted())") }
        return parts.joined(separator: ", ")
    }

    public var debugDescription: String { self.description }
    public var customMirror: Mirror { Mirror(reflecting: self.description) }
}
