import Transforms

/// What an endpoint says of the attributes of its events, where it differs from what its provider's webhooks become
/// anyway. Total: what cannot be made of a request falls back to the provider's own mapping.
public struct WebhookMapping: Sendable, Hashable {
    /// The attributes that can be told, in the order of documents.
    public enum Attribute: String, Sendable, Hashable, CaseIterable {
        case type
        case source
        case subject
        case id
        case time
        case partitionkey
    }

    /// Empty: nothing differs.
    public var templates: [Attribute: [AttributeTemplate]] = [:]

    public init() {}

    /// Texts in the place of templates.
    /// - Throws: ``AttributeTemplate/Fault`` of the first that is none.
    init(_ texts: [Attribute: [String]]) throws(AttributeTemplate.Fault) {
        for (attribute, alternatives) in texts {
            var templates: [AttributeTemplate] = []
            for text in alternatives { templates.append(try AttributeTemplate(text)) }
            self.templates[attribute] = templates
        }
    }
}
