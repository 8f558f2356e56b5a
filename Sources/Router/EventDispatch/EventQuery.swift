import EventLog

/// What to search for; every given member must hold.
public struct EventQuery: Sendable, Hashable {
    public var tenant: String
    public var source: String?
    public var id: String?
    public var type: String?
    public var subject: String?
    public var correlationID: String?
    public var from: Timestamp?
    public var to: Timestamp?
    public var topic: Topic?
    public var page: PageRequest

    public init(tenant: String, page: PageRequest = PageRequest()) {
        self.tenant = tenant
        self.page = page
    }
}
