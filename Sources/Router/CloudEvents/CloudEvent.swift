import NIOCore

/// One CloudEvent (specification 1.0): its context attributes and its data.
///
/// A value of this type made by a decoder is valid; a value built by hand is checked with ``validate(limits:)``.
/// `data` is the raw payload as it came in: for the JSON format the slice of the `data` member (still JSON text where
/// the content type is JSON), for binary mode the body. It is never parsed on the way.
public struct CloudEvent: Sendable, Hashable {
    /// All attributes, required ones and extensions alike, `datacontenttype` included.
    public var attributes: AttributeList
    /// The payload; nil where the event has none (not the same as an empty one).
    public var data: ByteBuffer?
    /// Where the data lie, if not here: ``data`` is nil then, and the event has data all the same.
    public var parkedData: ParkedData?

    /// An event of attributes and data; nothing is validated here.
    public init(attributes: AttributeList, data: ByteBuffer?) {
        self.attributes = attributes
        self.data = data
    }

    /// An event with the required attributes; nothing is validated here.
    public init(id: String, source: String, type: String, data: ByteBuffer? = nil) {
        self.attributes = AttributeList()
        self.attributes.append(name: "specversion", value: "1.0")
        self.attributes.append(name: "id", value: id)
        self.attributes.append(name: "source", value: source)
        self.attributes.append(name: "type", value: type)
        self.data = data
    }

    /// Identifies the event within its source.
    public var id: String { self.attributes["id"] ?? "" }
    /// The context in which the event happened, a URI-reference.
    public var source: String { self.attributes["source"] ?? "" }
    /// What kind of event it is, reverse-DNS.
    public var type: String { self.attributes["type"] ?? "" }
    /// About what inside the source, if said.
    public var subject: String? { self.attributes["subject"] }
    /// When it happened, the RFC 3339 text as it was sent.
    public var time: String? { self.attributes["time"] }
    /// The media type of ``data``.
    public var dataContentType: String? { self.attributes["datacontenttype"] }
    /// Whose event it is (Portarium extension).
    public var tenantID: String? { self.attributes["tenantid"] }
    /// Ties the events of one flow together (CloudEvents correlation extension).
    public var correlationID: String? { self.attributes["correlationid"] }
}
