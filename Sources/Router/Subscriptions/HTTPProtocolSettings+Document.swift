extension HTTPProtocolSettings {
    /// Reads `protocolsettings`.
    init(_ reader: inout DocumentReader) {
        self.init()
        if let headers = reader.stringsByName("headers") { self.headers = headers }
        if let method = reader.string("method") { self.method = method }
        reader.refuseMembers(except: ["headers", "method"])
    }

    /// Writes `protocolsettings`.
    func encode(into container: KeyedEncodingContainer<DocumentKey>) throws {
        var container = container
        if !self.headers.isEmpty { try container.encode(self.headers, forKey: DocumentKey("headers")) }
        try container.encode(self.method, forKey: DocumentKey("method"))
    }
}
