extension HTTPProtocolSettings {
    /// Reads `protocolsettings`.
    /// - Parameter secret: takes the value of `authorization`, where there is one.
    init(_ reader: inout DocumentReader, secret: inout String?) {
        self.init()
        if let headers = reader.stringsByName("headers") { self.headers = headers }
        if let method = reader.string("method") { self.method = method }
        let authorization: (SinkAuthorization?, String?)? = reader.object("authorization") { Self.authorization(&$0) }
        self.authorization = authorization?.0
        secret = authorization?.1
        if let handshake = reader.boolean("handshake") { self.handshake = handshake }
        reader.refuseMembers(except: ["headers", "method", "authorization", "handshake"])
    }

    private static func authorization(_ reader: inout DocumentReader) -> (SinkAuthorization?, String?) {
        reader.refuseMembers(except: ["value", "file", "stored"])
        let given = ["value", "file", "stored"].filter { reader.has($0) }
        guard given.count == 1 else {
            reader.note(path: reader.path, detail: "must have one of value, file and stored")
            return (nil, nil)
        }
        if let name = reader.string("file") { return (.file(name), nil) }
        if let value = reader.string("value") { return (.stored, value) }
        if reader.boolean("stored") == false { reader.note("stored", detail: "must be true, or absent") }
        return (.stored, nil)
    }

    /// Writes `protocolsettings`.
    func encode(into container: KeyedEncodingContainer<DocumentKey>) throws {
        var container = container
        if !self.headers.isEmpty { try container.encode(self.headers, forKey: DocumentKey("headers")) }
        try container.encode(self.method, forKey: DocumentKey("method"))
        if let authorization {
            var reference = container.nestedContainer(
                keyedBy: DocumentKey.self, forKey: DocumentKey("authorization"))
            switch authorization {
            case .stored: try reference.encode(true, forKey: DocumentKey("stored"))
            case .file(let name): try reference.encode(name, forKey: DocumentKey("file"))
            }
        }
        if self.handshake { try container.encode(true, forKey: DocumentKey("handshake")) }
    }
}
