import CloudEvents
import NIOCore

extension LogRecord {
    private static let tenantHeader = Array("ce_tenantid".utf8)

    /// The record as the router would have written it, where another producer wrote an event without a tenant, or in
    /// structured mode: binary mode, with `tenantid`, and with its own id as `correlationid` where it has none.
    ///
    /// - Parameter tenant: whose the event is where it does not say so.
    /// - Returns: nil where there is nothing to do: it has a tenant header, or is no event.
    public func adopted(by tenant: String) -> LogRecord? {
        var hasTenant = false
        self.headers.forEach { name, _ in
            if !hasTenant, name.elementsEqual(Self.tenantHeader) { hasTenant = true }
        }
        guard !hasTenant, var event = try? self.cloudEvent() else { return nil }
        if event.attributes["tenantid"] == nil { event.attributes.set("tenantid", to: tenant) }
        if event.attributes["correlationid"] == nil { event.attributes.set("correlationid", to: event.id) }
        var record = LogRecord(event: event, key: self.key, timestamp: self.timestamp)
        // What is no attribute stays beside the event.
        self.headers.forEach { name, value in
            if !name.starts(with: "ce_".utf8), !name.elementsEqual("content-type".utf8) {
                record.headers.append(prefix: "", name: name, value: value)
            }
        }
        return record
    }
}
