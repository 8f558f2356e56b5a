import CloudEvents
import NIOCore
import Transforms

/// Templates of some attributes, ready to be filled: what they need of a body is looked for together.
struct CompiledTemplates: Sendable {
    /// Bytes of a text that templates may make; far more than any attribute keeps of it.
    static let bytesMax = 65_536

    /// Where the values are that the templates need.
    let paths: JSONPaths
    /// By pointer, the place of its value among those of ``paths``.
    private let places: [String: Int]
    private let alternatives: [WebhookMapping.Attribute: [AttributeTemplate]]

    init(_ mapping: WebhookMapping) {
        var pointers: [String] = []
        var places: [String: Int] = [:]
        for piece in mapping.templates.values.joined().flatMap(\.pieces) {
            switch piece.source {
            case .member(let pointer), .condition(let pointer, _):
                guard places[pointer] == nil else { continue }
                places[pointer] = pointers.count
                pointers.append(pointer)
            default: continue
            }
        }
        self.alternatives = mapping.templates
        self.places = places
        self.paths = JSONPaths(pointers)
    }

    /// The first alternative of which everything is there, made what the attribute may be; nil where there is none. One
    /// that is longer than ``bytesMax``, or that no work is left for, counts as one of which something is not there.
    func value(
        of attribute: WebhookMapping.Attribute, in content: WebhookContent, _ members: [String?],
        work: inout TemplateWork
    ) -> String? {
        for alternative in self.alternatives[attribute] ?? [] {
            if let text = self.text(alternative, content, members, &work), let value = attribute.repaired(text) {
                return value
            }
        }
        return nil
    }

    private func text(
        _ template: AttributeTemplate, _ content: WebhookContent, _ members: [String?], _ work: inout TemplateWork
    ) -> String? {
        do throws(TemplateWork.Overrun) {
            return try template.filled(
                bytesMax: Self.bytesMax, work: &work, needsEach: true
            ) { (source, work) throws(TemplateWork.Overrun) in
                switch source {
                case .member(let pointer): return self.places[pointer].flatMap { members[$0] }
                case .header(let name):
                    try work.pay(content.headers.count)
                    return content.header(name)
                case .form(let name):
                    try work.pay(content.fields.count)
                    return content.field(name)
                case .endpoint: return content.endpoint
                case .kind: return content.kind
                case .hash:
                    try work.pay(content.hashed.readableBytes)
                    return content.hash
                // It is of events, which no request has; the others stand for no value.
                case .attribute, .text, .condition: return nil
                }
            }
        } catch {
            return nil
        }
    }
}
