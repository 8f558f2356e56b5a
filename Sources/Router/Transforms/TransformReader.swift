import CloudEvents

/// Reads steps, and checks them.
enum TransformReader {
    private static let nameLengthMax = 20

    static func step(_ member: JSONTree.Member, at pointer: String) throws(TransformFault) -> EventTransform.Step {
        let place = pointer + JSONPointer.text(of: [member.name])
        switch member.name {
        case "pick": return .pick(try self.pick(member.value, place))
        case "rename": return .rename(try self.rename(member.value, place))
        case "data":
            var values = 0
            return .data(try DataTemplate(member.value, at: place, depth: 0, values: &values))
        case "attributes": return .attributes(try self.attributes(member.value, place))
        default:
            throw TransformFault(pointer: place, detail: "is no step; steps are pick, rename, data and attributes")
        }
    }

    private static func pick(_ value: JSONTree, _ place: String) throws(TransformFault) -> [[String]] {
        guard case .array(let elements) = value, (1...EventTransform.entriesMax).contains(elements.count) else {
            throw TransformFault(
                pointer: place,
                detail: "must be an array of 1 to \(EventTransform.entriesMax) JSON Pointers such as \"/order/id\"")
        }
        var pointers: [[String]] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element else {
                throw TransformFault(
                    pointer: "\(place)/\(index)", detail: "must be a JSON Pointer such as \"/order/id\"")
            }
            pointers.append(try self.tokens(text, "\(place)/\(index)"))
        }
        return pointers
    }

    private static func rename(
        _ value: JSONTree, _ place: String
    ) throws(TransformFault) -> [(from: [String], to: [String])] {
        guard case .object(let members) = value, (1...EventTransform.entriesMax).contains(members.count) else {
            throw TransformFault(
                pointer: place,
                detail: "must be an object with 1 to \(EventTransform.entriesMax) members such as \"/old\": \"/new\"")
        }
        var moves: [(from: [String], to: [String])] = []
        for member in members {
            let pointer = place + JSONPointer.text(of: [member.name])
            guard case .string(let text) = member.value else {
                throw TransformFault(pointer: pointer, detail: "must be a JSON Pointer such as \"/new\"")
            }
            let (from, to) = (try self.tokens(member.name, pointer), try self.tokens(text, pointer))
            guard !to.starts(with: from) else {
                throw TransformFault(pointer: pointer, detail: "cannot be moved to itself, or into itself")
            }
            moves.append((from, to))
        }
        return moves
    }

    /// The tokens of a pointer to a member.
    private static func tokens(_ text: String, _ place: String) throws(TransformFault) -> [String] {
        let tokens = JSONPointer.tokens(of: text)
        guard text.hasPrefix("/"), tokens.count <= JSONTree.depthMax, JSONPointer.text(of: tokens) == text else {
            throw TransformFault(
                pointer: place, detail: "must be a JSON Pointer: '/' before each name, '~1' for '/' and '~0' for '~'")
        }
        return tokens
    }

    private static func attributes(
        _ value: JSONTree, _ place: String
    ) throws(TransformFault) -> [(name: String, alternatives: [AttributeTemplate])] {
        guard case .object(let members) = value, (1...EventTransform.entriesMax).contains(members.count) else {
            throw TransformFault(
                pointer: place,
                detail: "must be an object with 1 to \(EventTransform.entriesMax) attributes such as "
                    + "\"subject\": \"{/order/id}\"")
        }
        var attributes: [(name: String, alternatives: [AttributeTemplate])] = []
        for member in members {
            let pointer = place + JSONPointer.text(of: [member.name])
            try self.check(attribute: member.name, pointer)
            let alternatives = try self.alternatives(member.value, pointer)
            if alternatives.isEmpty, member.name == "type" {
                throw TransformFault(pointer: pointer, detail: "cannot be taken away: every event has a type")
            }
            attributes.append((member.name, alternatives))
        }
        return attributes
    }

    private static func check(attribute name: String, _ pointer: String) throws(TransformFault) {
        guard !EventTransform.fixedAttributes.contains(name) else {
            throw TransformFault(pointer: pointer, detail: "cannot be changed by a transform")
        }
        let isName = name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) }
        guard isName, (1...self.nameLengthMax).contains(name.utf8.count) else {
            throw TransformFault(
                pointer: pointer, detail: "must be a name of 1 to \(self.nameLengthMax) of the characters a-z 0-9")
        }
    }

    /// None for null, which takes the attribute away.
    private static func alternatives(
        _ value: JSONTree, _ pointer: String
    ) throws(TransformFault) -> [AttributeTemplate] {
        switch value {
        case .null: return []
        case .string(let text): return [try self.template(text, pointer)]
        case .array(let elements) where (1...AttributeTemplate.alternativesMax).contains(elements.count):
            var templates: [AttributeTemplate] = []
            for (index, element) in elements.enumerated() {
                guard case .string(let text) = element else {
                    throw TransformFault(pointer: "\(pointer)/\(index)", detail: "must be a template")
                }
                templates.append(try self.template(text, "\(pointer)/\(index)"))
            }
            return templates
        default:
            throw TransformFault(
                pointer: pointer,
                detail: "must be a template, an array of 1 to \(AttributeTemplate.alternativesMax) of them, of which "
                    + "the first counts that can be filled, or null")
        }
    }

    static func template(_ text: String, _ pointer: String) throws(TransformFault) -> AttributeTemplate {
        do throws(AttributeTemplate.Fault) { return try AttributeTemplate(text, of: .event) } catch {
            throw TransformFault(pointer: pointer, detail: error.detail)
        }
    }
}
