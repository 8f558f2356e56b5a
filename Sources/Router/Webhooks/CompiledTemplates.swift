import CloudEvents
import Transforms

/// Templates of some attributes, ready to be filled: what they need of a body is looked for together.
struct CompiledTemplates: Sendable {
    /// A piece, with the place of its value among those of ``paths``.
    private struct Piece: Sendable {
        var piece: AttributeTemplate.Piece
        var place: Int?
    }

    /// Where the values are that the templates need.
    let paths: JSONPaths
    private let alternatives: [WebhookMapping.Attribute: [[Piece]]]

    init(_ mapping: WebhookMapping) {
        var pointers: [String] = []
        func place(_ pointer: String) -> Int {
            if let known = pointers.firstIndex(of: pointer) { return known }
            pointers.append(pointer)
            return pointers.count - 1
        }
        self.alternatives = mapping.templates.mapValues { templates in
            templates.map { template in
                template.pieces.map { piece in
                    switch piece.source {
                    case .member(let pointer), .condition(let pointer, _):
                        Piece(piece: piece, place: place(pointer))
                    default: Piece(piece: piece, place: nil)
                    }
                }
            }
        }
        self.paths = JSONPaths(pointers)
    }

    /// The first alternative of which everything is there, made what the attribute may be; nil where there is none.
    func value(of attribute: WebhookMapping.Attribute, in content: WebhookContent, _ members: [String?]) -> String? {
        for alternative in self.alternatives[attribute] ?? [] {
            if let text = Self.text(alternative, content, members), let value = attribute.repaired(text) {
                return value
            }
        }
        return nil
    }

    private static func text(_ pieces: [Piece], _ content: WebhookContent, _ members: [String?]) -> String? {
        var text = ""
        for piece in pieces {
            var value: String
            switch piece.piece.source {
            case .text(let plain): value = plain
            case .member, .condition:
                guard let place = piece.place, let member = members[place] else { return nil }
                if case .condition(_, let wanted) = piece.piece.source {
                    guard member == wanted else { return nil }
                    continue
                }
                value = member
            case .header(let name):
                guard let header = content.header(name) else { return nil }
                value = header
            case .form(let name):
                guard let field = content.field(name) else { return nil }
                value = field
            case .endpoint: value = content.endpoint
            case .kind:
                guard let kind = content.kind else { return nil }
                value = kind
            case .hash: value = content.hash
            // It is of events, which no request has.
            case .attribute: return nil
            }
            for filter in piece.piece.filters { value = filter.applied(to: value) }
            guard !value.isEmpty else { return nil }
            text += value
        }
        return text
    }
}
