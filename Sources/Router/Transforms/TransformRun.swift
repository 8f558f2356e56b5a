import CloudEvents
import NIOCore

/// An event on its way through the steps of a transform.
struct TransformRun {
    private static let jsonType = "application/json"

    private var event: CloudEvent
    private let limits: CloudEventLimits
    /// What the data are, as soon as a step needs them.
    private var tree: JSONTree?
    private var hasNewData = false
    /// Why the data cannot be read, where only templates have asked so far.
    private var unreadable: TransformFault?
    /// Bytes of texts that templates may still make.
    private var textBytesLeft: Int

    init(_ event: CloudEvent, limits: CloudEventLimits) {
        self.event = event
        self.limits = limits
        self.textBytesLeft = limits.eventBytesMax
    }

    mutating func apply(_ step: EventTransform.Step, at place: String) throws(TransformFault) {
        switch step {
        case .pick(let pointers):
            self.setData(Self.picked(pointers, of: try self.object(place)))
        case .rename(let moves):
            var tree = try self.object(place)
            for move in moves { try Self.move(move.from, to: move.to, in: &tree, place) }
            self.setData(tree)
        case .data(let template):
            self.readForTemplates(place)
            self.setData(try self.filled(template, place))
        case .attributes(let attributes):
            self.readForTemplates(place)
            var values: [(name: String, value: String?)] = []
            for (name, alternatives) in attributes {
                values.append((name, try self.value(of: alternatives, place + JSONPointer.text(of: [name]))))
            }
            for (name, value) in values { self.event.attributes.set(name, to: value) }
            try self.checkAttributes(place)
        }
    }

    /// - Throws: ``TransformFault`` where the event has become too large.
    func finished() throws(TransformFault) -> CloudEvent {
        var event = self.event
        if self.hasNewData, let tree {
            var data = ByteBuffer()
            guard tree.write(into: &data, bytesMax: self.limits.eventBytesMax) else { throw self.tooLarge("") }
            event.data = data
        }
        do throws(CloudEventError) { try event.validate(limits: self.limits) } catch {
            throw TransformFault(pointer: "", detail: "makes no valid event: \(error)")
        }
        return event
    }

    private func tooLarge(_ place: String) -> TransformFault {
        TransformFault(
            pointer: place, detail: "makes an event of more than \(self.limits.eventBytesMax) bytes")
    }

    // MARK: Data

    /// What describes the data that came says nothing of others.
    private mutating func setData(_ tree: JSONTree) {
        self.tree = tree
        guard !self.hasNewData else { return }
        self.hasNewData = true
        if !self.isJSON { self.event.attributes.set("datacontenttype", to: Self.jsonType) }
        self.event.attributes.set("dataschema", to: nil)
    }

    private var isJSON: Bool {
        guard let type = self.event.dataContentType else { return true }
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return essence == Self.jsonType || essence.hasSuffix("+json")
    }

    private mutating func object(_ place: String) throws(TransformFault) -> JSONTree {
        if self.tree == nil {
            guard self.isJSON else {
                throw TransformFault(pointer: place, detail: "needs JSON, which the event's data are not")
            }
            guard let data = self.event.data else {
                throw TransformFault(pointer: place, detail: "needs data, which the event does not have")
            }
            self.tree = try Self.tree(data, place)
        }
        guard let tree, case .object = tree else {
            throw TransformFault(pointer: place, detail: "needs an object, which the event's data are not")
        }
        return tree
    }

    /// Templates may say nothing of the data, so that those that are no JSON do no harm.
    private mutating func readForTemplates(_ place: String) {
        guard self.tree == nil, self.unreadable == nil, self.isJSON, let data = self.event.data else { return }
        do throws(TransformFault) { self.tree = try Self.tree(data, place) } catch { self.unreadable = error }
    }

    private static func tree(_ data: ByteBuffer, _ place: String) throws(TransformFault) -> JSONTree {
        do throws(CloudEventError) { return try JSONTree(data) } catch {
            throw TransformFault(pointer: place, detail: "cannot read the event's data: \(error)")
        }
    }

    private static func picked(_ pointers: [[String]], of tree: JSONTree) -> JSONTree {
        var result = JSONTree.object([])
        for pointer in pointers where self.isMember(pointer, of: tree) {
            // A shorter pointer may have taken it already.
            if let value = tree.value(at: pointer), result.value(at: pointer) == nil {
                result.setMember(pointer[...], to: value)
            }
        }
        return result
    }

    /// Whether only objects lie on the way.
    private static func isMember(_ pointer: [String], of tree: JSONTree) -> Bool {
        var value = tree
        for token in pointer {
            guard case .object = value, let next = value[token] else { return false }
            value = next
        }
        return true
    }

    private static func move(
        _ from: [String], to: [String], in tree: inout JSONTree, _ place: String
    ) throws(TransformFault) {
        // What is not there needs no other name.
        guard self.isMember(from, of: tree), let value = tree.value(at: from) else { return }
        let pointer = place + JSONPointer.text(of: [JSONPointer.text(of: from)])
        guard tree.value(at: to) == nil else {
            throw TransformFault(pointer: pointer, detail: "cannot be moved: there is a value at its new place")
        }
        tree.removeMember(from[...])
        guard tree.setMember(to[...], to: value) else {
            throw TransformFault(pointer: pointer, detail: "cannot be moved: its new place is in no object")
        }
    }

    // MARK: Templates

    private mutating func filled(_ template: DataTemplate, _ place: String) throws(TransformFault) -> JSONTree {
        switch template {
        case .value(let value): return value
        case .place(let tokens):
            guard let value = self.tree?.value(at: tokens) else {
                throw self.missing(place, "needs '\(JSONPointer.text(of: tokens))', which the event's data do not have")
            }
            return value
        case .text(let template):
            guard let text = try self.text(template, place) else { throw self.missing(place) }
            return .string(text)
        case .array(let elements):
            var values: [JSONTree] = []
            for element in elements { values.append(try self.filled(element.element, element.pointer)) }
            return .array(values)
        case .object(let members):
            var values: [JSONTree.Member] = []
            for member in members {
                values.append(.init(name: member.name, value: try self.filled(member.value, member.pointer)))
            }
            return .object(values)
        }
    }

    private func missing(
        _ place: String, _ detail: String = "names something that the event does not have"
    ) -> TransformFault {
        TransformFault(pointer: place, detail: self.unreadable?.detail ?? detail)
    }

    /// The first that can be filled; nil where the attribute is to go.
    private mutating func value(
        of alternatives: [AttributeTemplate], _ place: String
    ) throws(TransformFault) -> String? {
        guard !alternatives.isEmpty else { return nil }
        for template in alternatives {
            if let text = try self.text(template, place), !text.isEmpty { return text }
        }
        throw self.missing(place)
    }

    private mutating func text(_ template: AttributeTemplate, _ place: String) throws(TransformFault) -> String? {
        let (tree, attributes) = (self.tree, self.event.attributes)
        let text = template.filled(bytesMax: self.textBytesLeft) { source in
            switch source {
            case .member(let pointer): tree?.value(at: JSONPointer.tokens(of: pointer))?.text
            case .attribute(let name): attributes[name]
            default: nil
            }
        }
        guard let text else { return nil }
        self.textBytesLeft -= text.utf8.count
        guard self.textBytesLeft >= 0 else { throw self.tooLarge(place) }
        return text
    }

    private func checkAttributes(_ place: String) throws(TransformFault) {
        var event = self.event
        event.data = nil
        do throws(CloudEventError) { try event.validate(limits: self.limits) } catch {
            let pointer = error.attribute.map { place + JSONPointer.text(of: [$0]) } ?? place
            throw TransformFault(pointer: pointer, detail: "makes no valid attribute: \(error.reason)")
        }
    }
}
