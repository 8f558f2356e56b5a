import NIOCore

/// A response that names brokers, with the ports replaced. Ports are of one size, so that nothing else moves.
struct KafkaBrokerAddresses {
    private var frame: ByteBuffer
    private let version: Int
    private let portMap: [Int: Int]
    /// Where the next field begins.
    private var at: Int
    private var isFlexible = false

    /// - Parameter frame: A response from its length on.
    init(frame: ByteBuffer, version: Int, portMap: [Int: Int]) {
        self.frame = frame
        self.version = version
        self.portMap = portMap
        self.at = frame.readerIndex + 8
    }

    /// A response to Metadata. One that does not read as such stays as it is.
    mutating func metadata() -> ByteBuffer {
        self.isFlexible = self.version >= 9
        if self.isFlexible { self.skipTags() }
        if self.version >= 3 { self.at += 4 }
        for _ in 0..<self.readCount() {
            self.at += 4
            self.skipString()
            self.replacePort()
            if self.version >= 1 { self.skipString() }
            if self.isFlexible { self.skipTags() }
        }
        return self.frame
    }

    /// A response to FindCoordinator.
    mutating func coordinators() -> ByteBuffer {
        self.isFlexible = self.version >= 3
        if self.isFlexible { self.skipTags() }
        if self.version >= 1 { self.at += 4 }
        guard self.version >= 4 else {
            self.at += 2
            if self.version >= 1 { self.skipString() }
            self.at += 4
            self.skipString()
            self.replacePort()
            return self.frame
        }
        for _ in 0..<self.readCount() {
            self.skipString()
            self.at += 4
            self.skipString()
            self.replacePort()
            self.at += 2
            self.skipString()
            self.skipTags()
        }
        return self.frame
    }

    private mutating func replacePort() {
        if let port = self.frame.getInteger(at: self.at, as: Int32.self), let other = self.portMap[Int(port)] {
            self.frame.setInteger(Int32(other), at: self.at)
        }
        self.at += 4
    }

    private mutating func readCount() -> Int {
        if self.isFlexible { return max(0, self.readUnsigned() - 1) }
        defer { self.at += 4 }
        return max(0, Int(self.frame.getInteger(at: self.at, as: Int32.self) ?? 0))
    }

    private mutating func skipString() {
        if self.isFlexible {
            self.at += max(0, self.readUnsigned() - 1)
        } else {
            self.at += 2 + max(0, Int(self.frame.getInteger(at: self.at, as: Int16.self) ?? 0))
        }
    }

    private mutating func skipTags() {
        for _ in 0..<self.readUnsigned() {
            _ = self.readUnsigned()
            self.at += self.readUnsigned()
        }
    }

    /// An unsigned number in groups of seven bits.
    private mutating func readUnsigned() -> Int {
        var result = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard let byte = self.frame.getInteger(at: self.at, as: UInt8.self) else { return 0 }
            self.at += 1
            result |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { break }
        }
        return result
    }
}
