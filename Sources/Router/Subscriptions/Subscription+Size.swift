extension Subscription {
    /// Bytes (UTF-8) of the texts that may be long, which a document has beside a few hundred others.
    public var sizeBytes: Int {
        let headers = self.protocolSettings.headers.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        let transform = self.config.transform?.utf8.count ?? 0
        return self.sink.utf8.count + (self.source?.utf8.count ?? 0) + headers + transform
            + self.types.reduce(0) { $0 + $1.utf8.count } + self.filters.reduce(0) { $0 + $1.sizeBytes }
    }
}

extension Filter {
    /// Bytes of names, values and expressions; each filter counts for a few more.
    fileprivate var sizeBytes: Int {
        switch self {
        case .exact(let values), .prefix(let values), .suffix(let values):
            values.reduce(16) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        case .all(let filters), .any(let filters): filters.reduce(16) { $0 + $1.sizeBytes }
        case .not(let filter): 16 + filter.sizeBytes
        case .sql(let text): 16 + text.utf8.count
        }
    }
}
