import CloudEvents

/// JSON with places that are filled from an event.
indirect enum DataTemplate: Sendable {
    case value(JSONTree)
    /// One place alone: the value that is there, whatever it is.
    case place([String])
    case text(AttributeTemplate)
    case array([(element: DataTemplate, pointer: String)])
    case object([(name: String, value: DataTemplate, pointer: String)])

    /// - Throws: ``TransformFault`` for a text that is no template, or a template that is too large.
    init(_ tree: JSONTree, at pointer: String, depth: Int, values: inout Int) throws(TransformFault) {
        values += 1
        guard values <= EventTransform.templateValuesMax else {
            throw TransformFault(
                pointer: pointer, detail: "is the value after \(EventTransform.templateValuesMax), which are the most")
        }
        guard depth <= EventTransform.templateDepthMax else {
            throw TransformFault(
                pointer: pointer, detail: "is nested deeper than \(EventTransform.templateDepthMax) levels")
        }
        switch tree {
        case .null, .boolean, .number: self = .value(tree)
        case .string(""): self = .value(tree)
        case .string(let text):
            let template = try TransformReader.template(text, pointer)
            self = template.onlyMember.map { .place(JSONPointer.tokens(of: $0)) } ?? .text(template)
        case .array(let elements):
            var templates: [(element: DataTemplate, pointer: String)] = []
            for (index, element) in elements.enumerated() {
                let place = "\(pointer)/\(index)"
                templates.append((try DataTemplate(element, at: place, depth: depth + 1, values: &values), place))
            }
            self = .array(templates)
        case .object(let members):
            var templates: [(name: String, value: DataTemplate, pointer: String)] = []
            for member in members {
                let place = pointer + JSONPointer.text(of: [member.name])
                templates.append(
                    (member.name, try DataTemplate(member.value, at: place, depth: depth + 1, values: &values), place))
            }
            self = .object(templates)
        }
    }
}
